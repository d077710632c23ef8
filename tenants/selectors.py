"""Who may see which plant, and which plant a request means: read under the public role."""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from amis.errors import Invalid, NotAllowed, NotFound, Suspended
from tenants.models import (
    TENANT_ID_PATTERN,
    AccessLog,
    ApiToken,
    Membership,
    Role,
    Scope,
    Tenant,
    User,
)
from tenants.models.people import TimeDisplay
from tenants.permissions import EVERY_SCOPE, Place, PlatformAction, may_on_platform, require_scope

NO_SUCH_TENANT = "There is no such plant, or you have no access to it."
# These act on the plant itself and do not enter it, so that a suspended one can be resumed.
PLANT_ITSELF = re.compile(r"^/api/tenants/(?P<tenant_id>[^/]+)(/(suspend|resume|export))?/?$")
PATH_FORM = re.compile(r"^/api/tenants/(?P<tenant_id>[^/]+)/.")
TENANT_ID = re.compile(TENANT_ID_PATTERN)
# A host's plant does not change; whether the plant is still there is asked with the membership.
IN_SIGHT = (Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED)
HOST_KNOWN_S = 60.0
_known_hosts: dict[str, tuple[str, float]] = {}


def host_without_port(host: str) -> str:
    return host.rsplit(":", 1)[0].strip("[]").lower() if ":" in host else host.lower()


def is_base_host(host: str) -> bool:
    return host_without_port(host) in settings.BASE_HOSTS


def tenant_of_host(host: str) -> str | None:
    """The tenant_id that a host names, whether or not there is one; None on a base host.

    Raises NotFound for a host that is neither a base host nor one of ours.
    """
    name = host_without_port(host)
    if name in settings.BASE_HOSTS:
        return None
    found, until = _known_hosts.get(name, ("", 0.0))
    if time.monotonic() < until:
        return found
    named = Tenant.objects.filter(domains__domain=name).values_list("schema_name", flat=True)
    # Django has checked a request's host, nobody that of a live connection: it may hold a NUL.
    schema = named.first() if "\0" not in name else None
    if schema is None:
        raise NotFound(NO_SUCH_TENANT)
    _known_hosts[name] = (schema, time.monotonic() + HOST_KNOWN_S)
    return schema


def plant_of_host(host: str) -> Tenant | None:
    """The plant whose host this is; None on a base host. Raises NotFound for a host of nobody, and
    for that of a plant that was deleted a moment ago.
    """
    tenant_id = tenant_of_host(host)
    if tenant_id is None:
        return None
    tenant = Tenant.objects.filter(schema_name=tenant_id).first()
    if tenant is None:
        raise NotFound(NO_SUCH_TENANT)
    return tenant


def named_tenant(*, host: str, path: str, header: str | None) -> str | None:
    """The one tenant_id that host, path and `X-Tenant` name together; None when none does.

    Raises NotFound when two of them disagree.
    """
    match = PATH_FORM.match(path)
    names = {
        tenant_of_host(host),
        match["tenant_id"] if match else None,
        header or None,
    } - {None}
    if len(names) > 1:
        raise NotFound(NO_SUCH_TENANT)
    return names.pop() if names else None


def names_plant_itself(*, host: str, path: str) -> bool:
    """Whether the request acts on a plant as a whole. Raises NotFound on another plant's host."""
    match = PLANT_ITSELF.match(path)
    if match is None or match["tenant_id"] in {"list", "create"}:
        return False
    if tenant_of_host(host) not in {None, match["tenant_id"]}:
        raise NotFound(NO_SUCH_TENANT)
    return True


def visible_tenants(
    user: User, *, token: ApiToken | None = None, suspended: bool = False
) -> list[Tenant]:
    """The plants in service that a person may enter; with a plant's key only that plant.

    `suspended` adds those that are out of service.
    """
    wanted = [Tenant.Status.ACTIVE, *([Tenant.Status.SUSPENDED] if suspended else [])]
    plants = Tenant.objects.filter(status__in=wanted)
    if token is not None and token.tenant_id is not None:
        plants = plants.filter(pk=token.tenant_id)
    if not user.is_superuser:
        plants = plants.filter(memberships__user=user)
    return list(plants.order_by("schema_name"))


def roles_of(user: User, *, token: ApiToken | None = None) -> list[tuple[Tenant, str]]:
    """The plants in which a person has a role, suspended ones too, each with that role."""
    own = dict(Membership.objects.filter(user=user).values_list("tenant_id", "role"))
    plants = visible_tenants(user, token=token, suspended=True)
    return [(one, Role.ADMIN.value if user.is_superuser else own[one.pk]) for one in plants]


def plants_in_sum(user: User, *, token: ApiToken | None = None) -> list[Tenant]:
    """The plants in service whose sums a person may see: corporate viewers and platform
    administrators every one, others their own. Raises NotAllowed for who has none.
    """
    if token is not None:
        require_scope(token.scopes, Scope.READ)
    of_a_plant = token is not None and token.tenant_id is not None
    if not of_a_plant and may_on_platform(user, PlatformAction.VIEW_CORPORATE):
        return list(Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("schema_name"))
    plants = visible_tenants(user, token=token)
    if not plants:
        raise NotAllowed("This needs a role in a plant, or the corporate view.", needed="corporate")
    return plants


def place_of(user: User, tenant_id: str, *, token: ApiToken | None = None) -> Place:
    """The plant and the person's role in it. Raises the same NotFound for unknown and foreign, and
    Suspended for who belongs to a plant that is out of service.
    """
    if not TENANT_ID.fullmatch(tenant_id):
        raise NotFound(NO_SUCH_TENANT)
    own = Membership.objects.filter(user=user, tenant=OuterRef("pk")).values("role")
    seen = Tenant.objects.filter(schema_name=tenant_id, status__in=IN_SIGHT)
    tenant = seen.annotate(role_of_caller=Subquery(own)).first()
    role = tenant and (Role.ADMIN.value if user.is_superuser else tenant.role_of_caller)
    is_elsewhere = token is not None and token.tenant_id not in {None, tenant and tenant.pk}
    if tenant is None or role is None or is_elsewhere:
        raise NotFound(NO_SUCH_TENANT)
    if tenant.status == Tenant.Status.SUSPENDED:
        raise Suspended("This plant is suspended; ask whoever runs this installation.")
    return Place(
        tenant,
        role,
        frozenset(token.scopes) if token else EVERY_SCOPE,
        in_utc=user.time_display == TimeDisplay.UTC,
        is_platforms=tenant.role_of_caller is None,
    )


def only_place(user: User, *, token: ApiToken | None = None) -> Place:
    """The caller's only plant; Invalid with the choices when there is not exactly one, and
    Suspended where all that there is is out of service.
    """
    plants = visible_tenants(user, token=token) or visible_tenants(
        user, token=token, suspended=True
    )
    if len(plants) != 1:
        raise Invalid(
            "Say which plant: use its host, /api/tenants/<tenant_id>/… or the header X-Tenant.",
            tenants=[plant.tenant_id for plant in plants],
        )
    return place_of(user, plants[0].tenant_id, token=token)


def token_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def token_of(text: str) -> ApiToken | None:
    """The living token with this text, with its user; None when unknown, expired or revoked."""
    if not text or len(text) > 200:
        return None
    living = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return (
        ApiToken.objects.select_related("user")
        .filter(living, digest=token_digest(text), revoked_at__isnull=True, user__is_active=True)
        .first()
    )


def members_of(tenant: Tenant) -> list[Membership]:
    """Who belongs to the plant, by name; each with `user` and `seen_at`, the last sign-in there."""
    signed_in = (AccessLog.Action.SIGNED_IN, AccessLog.Action.HANDED_OVER)
    seen = log_of(tenant).filter(user_id=OuterRef("user_id"), action__in=signed_in)
    members = Membership.objects.filter(tenant=tenant).select_related("user")
    seen_at = Subquery(seen.values("at")[:1])
    return list(members.annotate(seen_at=seen_at).order_by("user__username"))


def tokens_of(tenant: Tenant) -> list[ApiToken]:
    """The plant's keys that nobody has revoked, the newest first; each with its user."""
    tokens = ApiToken.objects.filter(tenant=tenant, revoked_at__isnull=True)
    return list(tokens.select_related("user"))


def log_of(
    tenant: Tenant, *, action: str | None = None, user: str | None = None
) -> QuerySet[AccessLog]:
    """The plant's lines of the access log, the newest first; not those of a plant that had the
    same id before it.
    """
    lines = AccessLog.objects.filter(tenant_id=tenant.tenant_id, at__gte=tenant.created_at)
    if action:
        lines = lines.filter(action=action)
    return lines.filter(user_label__icontains=user) if user else lines


def active_plants() -> list[Tenant]:
    """All plants that are in service. Who enters one as it is, and not by its schema alone, knows
    its name and zone there without asking again.
    """
    return list(Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("schema_name"))


def active_schemas() -> list[str]:
    """The schemas of all plants that are in service."""
    plants = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("schema_name")
    return list(plants.values_list("schema_name", flat=True))


def tenant_card(tenant: Tenant, *, url: str) -> dict[str, Any]:
    """A plant as the API shows it."""
    return {
        "tenant_id": tenant.tenant_id,
        "tenant_name": tenant.tenant_name,
        "plant_location": tenant.plant_location,
        "timezone": tenant.timezone,
        "status": tenant.status,
        "url": url,
        "created_at": tenant.created_at,
    }
