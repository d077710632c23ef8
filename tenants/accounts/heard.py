"""What people do with their accounts, in the access log.

A plant's managers read what happened on their host, but learn of nobody who is no member.
"""

from __future__ import annotations

from django.http import HttpRequest

from tenants.models import AccessLog, Membership, Tenant, User
from tenants.selectors import plant_of_host
from tenants.services.audit import note


def heard(action: AccessLog.Action, request: HttpRequest, user: User, *, about: str = "") -> None:
    """Under the plant whose host it was where the person is a member, else under no plant."""
    plant = plant_of_host(request.get_host())
    is_of_plant = plant is not None and _is_member(user, plant)
    note(action, user=user, tenant_id=plant.tenant_id if is_of_plant else "", about=about)


def failed_sign_in(request: HttpRequest, typed: str, *, about: str = "") -> None:
    """What was typed is not kept: it may be a password in the wrong field."""
    user = User.objects.by_sign_in_name(typed)
    plant = plant_of_host(request.get_host())
    if plant is not None and user is not None and not _is_member(user, plant):
        user = None
    tenant_id = plant.tenant_id if plant else ""
    note(AccessLog.Action.SIGN_IN_FAILED, user=user, tenant_id=tenant_id, about=about)


def _is_member(user: User, plant: Tenant) -> bool:
    return user.is_superuser or Membership.objects.filter(user=user, tenant=plant).exists()
