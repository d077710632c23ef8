"""The maintenance of the next seven days as a board: a row a machine, a column a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ai_insights.grounding.analysis import Analysis, PlanItem
from ai_insights.grounding.fact import Fact, Facts

DAYS = 7
WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A machine's week; `cells` are lists of items by day, `lost` its downtime of the window."""

    machine_name: str
    lost: Fact | None
    cells: Sequence[Sequence[PlanItem]]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day's predicted downtime; `share` of the week's largest, 0..100, for its bar."""

    fact: Fact | None
    share: float


@dataclass(frozen=True, slots=True)
class Board:
    days: Sequence[date]
    rows: Sequence[Row]
    ahead: Sequence[Ahead]

    @property
    def heads(self) -> list[tuple[date, bool]]:
        """Each day, and whether it is a weekend's."""
        return [(day, day.weekday() >= WEEKEND) for day in self.days]


def week_board(analysis: Analysis, facts: Facts, *, start: date) -> Board:
    """The board begins with the day of `start`."""
    days = [start + timedelta(days=n) for n in range(DAYS)]
    machines: dict[str, list[PlanItem]] = {}
    for item in analysis.plan:
        machines.setdefault(item.machine_id, []).append(item)
    rows = [
        Row(
            items[0].machine_name,
            facts.one("downtime_min", machine_id),
            [[item for item in items if item.date == day] for day in days],
        )
        for machine_id, items in machines.items()
    ]
    return Board(days, rows, _ahead(facts))


def _ahead(facts: Facts) -> list[Ahead]:
    """Nothing where nothing is predicted."""
    daily = facts.all("forecast_day")[:DAYS]
    most = max((fact.value or 0.0 for fact in daily), default=0.0)
    return [Ahead(fact, 100 * (fact.value or 0.0) / most if most else 0.0) for fact in daily]
