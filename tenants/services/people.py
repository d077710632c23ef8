"""Accounts, and the roles that people have in plants; under the public role."""

from __future__ import annotations

from typing import Any

from amis.errors import Invalid
from tenants.models import Membership, Role, Tenant, User
from tenants.models.people import Theme, TimeDisplay


def create_user(*, username: str, email: str, password: str | None = None, **fields: Any) -> User:
    """Make an account; without a password nobody can sign in with it until one is set."""
    return User.objects.create_user(username, email.lower(), password, **fields)


def grant_role(*, user: User, tenant: Tenant, role: str) -> Membership:
    """Give a person a role in a plant, or change it. Raises Invalid for an unknown role."""
    if role not in Role.values:
        raise Invalid(f"role: {role!r} is not one of {', '.join(Role.values)}.")
    membership, _ = Membership.objects.update_or_create(
        user=user, tenant=tenant, defaults={"role": role}
    )
    return membership


def set_profile(*, user: User, theme: str, time_display: str) -> None:
    """How this person wants pages to look. Raises Invalid with every fault."""
    wanted = {"theme": (theme, Theme.values), "time_display": (time_display, TimeDisplay.values)}
    faults = [
        {"row": None, "field": field, "message": f"must be one of {', '.join(choices)}"}
        for field, (value, choices) in wanted.items()
        if value not in choices
    ]
    if faults:
        raise Invalid("The profile has errors.", errors=faults)
    user.theme, user.time_display = theme, time_display
    user.save(update_fields=["theme", "time_display"])
