"""What somebody may have to answer for is written down, once and for good."""

from __future__ import annotations

from django_tenants.utils import schema_context

from amis import trace
from tenants.models import AccessLog, User

LONGEST = 400


def note(
    action: AccessLog.Action, *, user: User | None, tenant_id: str = "", about: str = ""
) -> None:
    """Add a line to the access log, from whatever plant the caller is in.

    `about` says to whom or what it was done; never a name of the plant (its id outlives it), never
    a secret. Where the line cannot be written, what it tells of does not happen either.
    """
    with schema_context("public"):
        AccessLog.objects.create(
            action=action,
            user_id=user.pk if user else None,
            user_label=user.email if user else "",
            tenant_id=tenant_id,
            about=about.replace("\0", "")[:LONGEST],
            address=trace.address.get() or None,
            request_id=trace.request_id.get().removeprefix("-"),
        )
