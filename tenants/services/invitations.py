"""A mail with a one-time link on the plant's host that asks for a first password."""

from __future__ import annotations

from tenants.models import AccessLog, Tenant, User
from tenants.services.audit import note


def invite(*, user: User, tenant: Tenant, by: User) -> None:
    """Write down who was invited by whom; the link is mailed by the mail room."""
    note(AccessLog.Action.INVITED, user=by, tenant_id=tenant.tenant_id, about=user.email)
