"""The seven days to come: which are worked, and the fact that names each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ai_insights.grounding.fact import Fact, Facts
from amis.marked import _

LENGTH = 7


@dataclass(frozen=True, slots=True)
class Day:
    """A plant day; `fact` is its forecast, which a sentence that names the day must cite."""

    date: date
    fact: Fact | None
    is_closed: bool

    @property
    def when(self) -> str:
        """ "On Thu 19 Nov", or nothing where no fact has the day."""
        return _("On {day}").format(day=self.fact.window) if self.fact else ""

    @property
    def facts(self) -> list[Fact]:
        return [self.fact] if self.fact else []


def week(facts: Facts, *, start: date, idle: Collection[date] = ()) -> list[Day]:
    """The days from `start`; one is closed where nobody works, by the plant's calendar (`idle`) or
    by its forecast.
    """
    known = {fact.window: fact for fact in facts if fact.key == "forecast_day"}
    days = [start + timedelta(days=n) for n in range(LENGTH)]
    found = [(day, known.get(f"{day:%a} {day.day} {day:%b}")) for day in days]
    return [Day(day, fact, day in idle or bool(fact and fact.text)) for day, fact in found]


def worked(days: Sequence[Day]) -> list[Day]:
    """The days on which something can be done; all where the whole week is closed."""
    return [day for day in days if not day.is_closed] or list(days)


def due(days: Sequence[Day], after: int) -> date:
    """The worked day that comes `after` worked days from the first on."""
    open_days = worked(days)
    return open_days[min(after, len(open_days) - 1)].date
