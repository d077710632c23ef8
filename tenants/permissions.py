"""One table says which role may do what; every door asks it through `may`."""

from __future__ import annotations

from enum import StrEnum

from amis.errors import NotAllowed
from tenants.models import Role

RANK = {role.value: rank for rank, role in enumerate(Role)}


class Action(StrEnum):
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


LOWEST_ROLE: dict[Action, Role] = {
    Action.READ: Role.VIEWER,
    Action.GIVE_REASON: Role.OPERATOR,
    Action.JUDGE_ANOMALIES: Role.OPERATOR,
    Action.SUBMIT: Role.SUPERVISOR,
    Action.RUN_JOBS: Role.SUPERVISOR,
    Action.CONFIGURE: Role.ENGINEER,
    Action.PROMOTE_MODELS: Role.MANAGER,
    Action.SCHEDULE_REPORTS: Role.MANAGER,
    Action.CHOOSE_WRITER: Role.MANAGER,
    Action.MANAGE_PEOPLE: Role.MANAGER,
    Action.ADMINISTER: Role.ADMIN,
}


def may(role: str | None, action: Action) -> bool:
    """Whether somebody with `role` in the plant may do `action`; without a role nobody may."""
    return role is not None and RANK[role] >= RANK[LOWEST_ROLE[action]]


def require(role: str | None, action: Action) -> None:
    """Raise NotAllowed with the lowest role that would do."""
    if not may(role, action):
        needed = LOWEST_ROLE[action]
        raise NotAllowed(
            f"This needs the role {needed.label.lower()} or above in this plant.",
            needed=needed.value,
        )
