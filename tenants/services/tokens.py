"""Keys for programs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from tenants.models import ApiToken, Scope, Tenant, User
from tenants.selectors import token_digest


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
