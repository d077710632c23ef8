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
class Task:
    """A piece of maintenance; `words` are its action without the day, which the column tells."""

    item: PlanItem
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A machine's week; `cells` are the tasks of each day, `lost` its downtime of the window."""

    machine_name: str
    lost: Fact | None
    cells: Sequence[tuple[date, Sequence[Task]]]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day's predicted downtime; `share` is that of the week's largest, 0..100, for its bar."""

    day: date
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
            [(day, [_task(item) for item in items if item.date == day]) for day in days],
        )
        for machine_id, items in machines.items()
    ]
    return Board(days, rows, _ahead(facts, days))


def _task(item: PlanItem) -> Task:
    day = f"On {item.date:%a} {item.date.day} {item.date:%b}, "
    words = item.action.text.removeprefix(day).removesuffix(".")
    return Task(item, f"{words[:1].upper()}{words[1:]}")


def _ahead(facts: Facts, days: Sequence[date]) -> list[Ahead]:
    """The forecast of each of the days, found by its words; nothing where none is predicted."""
    daily = {fact.window: fact for fact in facts.all("forecast_day")}
    found = [(day, daily.get(f"{day:%a} {day.day} {day:%b}")) for day in days]
    most = max((fact.value or 0.0 for _, fact in found if fact), default=0.0)
    if not any(fact for _, fact in found):
        return []
    return [Ahead(day, fact, _share(fact, most)) for day, fact in found]


def _share(fact: Fact | None, most: float) -> float:
    return 100 * (fact.value or 0.0) / most if fact and most else 0.0
