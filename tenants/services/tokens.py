"""Keys for programs: made, used, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone as clock

from amis import trace
from amis.errors import Invalid, NotFound, NotSignedIn
from tenants import live, rates
from tenants.models import AccessLog, ApiToken, Scope, Tenant, User
from tenants.permissions import Place
from tenants.selectors import token_digest, token_of
from tenants.services.audit import note

LONGEST_NAME = 100
USE_NOTED_EVERY = timedelta(minutes=1)
LONGEST_LIFE_DAYS = 3650


def create_token(
    *,
    user: User,
    tenant: Tenant | None,
    name: str = "token",
    scopes: Sequence[str] = tuple(Scope.values),
    expires_at: datetime | None = None,
) -> str:
    """Make a key for a member of the plant and return its text, which is shown only here.

    Without a plant it is a platform key, whose user decides what it may.
    """
    text = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user,
        tenant=tenant,
        name=name,
        scopes=list(scopes),
        expires_at=expires_at,
        digest=token_digest(text),
    )
    return text


def make_token(
    *, place: Place, by: User, name: str, scopes: Sequence[str], days: int | None
) -> str:
    """A member's new key for his plant, for so many days or for good; returns its text.

    Raises Invalid with every fault.
    """
    name, wanted = name.strip(), [scope for scope in Scope.values if scope in scopes]
    faults = []
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        faults.append(("name", f"needs 1 to {LONGEST_NAME} printable characters"))
    if not wanted or set(scopes) - set(wanted):
        faults.append(("scopes", f"choose some of {', '.join(Scope.values)}"))
    if days is not None and not 1 <= days <= LONGEST_LIFE_DAYS:
        faults.append(("days", f"must be from 1 to {LONGEST_LIFE_DAYS}"))
    if faults:
        raise Invalid.fields(faults)
    expires_at = clock.now() + timedelta(days=days) if days else None
    with transaction.atomic():
        text = create_token(
            user=by, tenant=place.tenant, name=name, scopes=wanted, expires_at=expires_at
        )
        about = f"{name}: {', '.join(wanted)}"
        note(AccessLog.Action.TOKEN_MADE, user=by, tenant_id=place.tenant.tenant_id, about=about)
    return text


def revoke_token(*, place: Place, by: User, token_id: int) -> ApiToken:
    """End a key of the plant, whoever's it is; its open connections close within two seconds.

    Raises NotFound for any other.
    """
    with transaction.atomic():
        tokens = ApiToken.objects.select_for_update(of=("self",)).select_related("user")
        token = tokens.filter(pk=token_id, tenant=place.tenant, revoked_at__isnull=True).first()
        if token is None:
            raise NotFound("There is no such living token in this plant.")
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        about = f"{token.name} of {token.user.email}"
        note(AccessLog.Action.TOKEN_REVOKED, user=by, tenant_id=place.tenant.tenant_id, about=about)
        schema, owner = place.tenant.schema_name, token.user_id
        transaction.on_commit(lambda: live.doubt(schema, owner))
    return token


def shown_token(text: str) -> ApiToken:
    """The living key that a caller shows, its use noted.

    Raises NotSignedIn for any other, and TooMany where the address has shown many such.
    """
    token = token_of(text)
    if token is None:
        rates.check_wrong_key(trace.address.get())
        raise NotSignedIn("This token is unknown, expired or revoked.")
    note_use(token)
    return token


def note_use(token: ApiToken) -> None:
    """Remember that the key was used; at most one write a minute, whatever the traffic."""
    now = clock.now()
    if token.last_used_at is not None and now - token.last_used_at < USE_NOTED_EVERY:
        return
    before = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    ApiToken.objects.filter(before, pk=token.pk).update(last_used_at=now)
