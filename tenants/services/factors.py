"""Second factors of people who have lost theirs."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from tenants.models import AccessLog, User
from tenants.services.audit import note


@transaction.atomic
def switch_off(user: User, *, by: str) -> bool:
    """Take the person's authenticator and recovery codes; whether there were any. The password
    alone opens the account from then on.
    """
    taken, _ = Authenticator.objects.filter(user=user).delete()
    if taken:
        note(AccessLog.Action.SECOND_FACTOR_CHANGED, user=user, about=f"switched off by {by}")
    return bool(taken)
