"""One table says which role may do what and which scope a key needs; every door asks it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from amis.errors import NotAllowed
from tenants.models import Role, Scope, Tenant, User

RANK = {role.value: rank for rank, role in enumerate(Role)}


class Action(StrEnum):
    """What is done inside one plant."""

    READ = "read"
    GIVE_REASON = "give_reason"
    JUDGE_ANOMALIES = "judge_anomalies"
    SUBMIT = "submit"
    RUN_JOBS = "run_jobs"
    CONFIGURE = "configure"
    PROMOTE_MODELS = "promote_models"
    SCHEDULE_REPORTS = "schedule_reports"
    CHOOSE_WRITER = "choose_writer"
    MANAGE_PEOPLE = "manage_people"
    ADMINISTER = "administer"


class PlatformAction(StrEnum):
    """What is done to plants as a whole."""

    VIEW_CORPORATE = "view_corporate"
    MANAGE_PLANTS = "manage_plants"


LOWEST: dict[Action, tuple[Role, Scope]] = {
    Action.READ: (Role.VIEWER, Scope.READ),
    Action.GIVE_REASON: (Role.OPERATOR, Scope.SUBMIT),
    Action.JUDGE_ANOMALIES: (Role.OPERATOR, Scope.SUBMIT),
    Action.SUBMIT: (Role.SUPERVISOR, Scope.SUBMIT),
    Action.RUN_JOBS: (Role.SUPERVISOR, Scope.SUBMIT),
    Action.CONFIGURE: (Role.ENGINEER, Scope.MANAGE),
    Action.PROMOTE_MODELS: (Role.MANAGER, Scope.MANAGE),
    Action.SCHEDULE_REPORTS: (Role.MANAGER, Scope.MANAGE),
    Action.CHOOSE_WRITER: (Role.MANAGER, Scope.MANAGE),
    Action.MANAGE_PEOPLE: (Role.MANAGER, Scope.MANAGE),
    Action.ADMINISTER: (Role.ADMIN, Scope.MANAGE),
}
EVERY_SCOPE = frozenset(Scope.values)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes: the plant, the caller's role there, and what the caller's key is for.

    A session has every scope. `in_utc`: the caller wants pages to tell times in UTC;
    `is_platforms`: the caller has no role of the plant's own and runs the installation.
    """

    tenant: Tenant
    role: str
    scopes: frozenset[str] = EVERY_SCOPE
    in_utc: bool = False
    is_platforms: bool = False

    @property
    def zone(self) -> str:
        """The clock in which pages tell times; days and shifts are the plant's in any case."""
        return "UTC" if self.in_utc else self.tenant.timezone

    def may(self, action: Action) -> bool:
        _, scope = LOWEST[action]
        return may(self.role, action) and scope in self.scopes

    def require(self, action: Action) -> None:
        """Raise NotAllowed with the lowest role, or the scope, that would do."""
        role, scope = LOWEST[action]
        if not may(self.role, action):
            raise NotAllowed(
                f"This needs the role {role.label.lower()} or above in this plant.",
                needed=role.value,
            )
        require_scope(self.scopes, scope)

    def require_rank(self, role: str) -> None:
        """Raise NotAllowed for a role above one's own, which nobody gives, changes or takes."""
        if RANK[role] > RANK[self.role]:
            raise NotAllowed(f"The role {role} is above your own in this plant.", needed=role)


def require_scope(scopes: Collection[str], scope: Scope) -> None:
    """Raise NotAllowed unless a key that has `scopes` is for this."""
    if scope.value not in scopes:
        raise NotAllowed(
            f"This token lacks the scope “{scope.value}”; make one that has it.",
            needed_scope=scope.value,
        )


def may(role: str | None, action: Action) -> bool:
    """Whether somebody with `role` in the plant may do `action`; without a role nobody may."""
    return role is not None and RANK[role] >= RANK[LOWEST[action][0]]


def may_on_platform(user: User, action: PlatformAction) -> bool:
    """Platform administrators may all; who is only a corporate viewer sees the summary."""
    if user.is_superuser:
        return True
    return action is PlatformAction.VIEW_CORPORATE and user.is_corporate
