"""Work for accounts in the background."""

from __future__ import annotations

from celery import shared_task
from django.db import connection

from tenants.services import resets


@shared_task(name="tenants.tasks.mail_reset")
def mail_reset(*, email: str, origin: str) -> None:
    """Look for the account and mail its link, out of sight of whoever asked."""
    connection.set_schema_to_public()
    resets.mail_reset(email=email, origin=origin)
