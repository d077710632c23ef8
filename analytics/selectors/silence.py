"""Planned time of which no record tells: it counts as no data, not as busy time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from amis.interval import Interval
from analytics.selectors.question import Cell, Key, Question
from analytics.selectors.recorded import Recorded
from production.models import Machine
from production.selectors.calendar import plant_timezone
from production.selectors.machines import first_day, shift_calendar
from production.shopfloor.shifts import PlannedShift, start_of_day

# Less than this is rounding, not missing time.
ROUNDING_S = 0.001
LONGEST_SHIFT = timedelta(days=1)


def silent_s(question: Question, answer: Recorded) -> dict[Cell, float]:
    """Planned busy seconds that have passed and of which no record tells.

    They are counted from the plant day of a machine's first record on: nobody blames a plant for
    the time before it was connected. The running shift counts up to now, and only where it has no
    record yet.
    """
    heard_s = dict(answer.heard_s)
    running = set()
    for cell, (end, seconds) in answer.running.items():
        if end > question.now:
            heard_s[cell] -= seconds
            running.add(cell[0])
    silent: dict[Cell, float] = {}
    for machine, planned in _planned(question):
        for key, (passed, unfinished) in planned.items():
            due = passed + (0.0 if machine.pk in running else unfinished)
            lack = due - heard_s.get((machine.pk, key), 0.0)
            if lack > ROUNDING_S:
                silent[machine.pk, key] = lack
    return silent


def _planned(question: Question) -> Iterable[tuple[Machine, dict[Key, tuple[float, float]]]]:
    """Each machine's planned busy seconds by key: of ended shifts, and of the running one."""
    window, now = question.window, question.now
    planned = [m for m in question.machines if m.active and m.shift_pattern_id]
    first = {m.pk: day for m in planned if (day := first_day(m))}
    if not first:
        return
    zone = plant_timezone()
    start = max(start_of_day(min(first.values()), zone), window.interval.start)
    end = min(now, window.interval.end + LONGEST_SHIFT)
    if start >= end:
        return
    plans: dict[int, _Plan] = {}
    for machine in planned:
        if machine.pk not in first:
            continue
        plan = plans.get(machine.shift_pattern_id)
        if plan is None:
            calendar = shift_calendar(machine, timezone=zone)
            shifts = [
                (s.date, question.key_of(s), *_busy(s, now))
                for s in window.shifts(calendar, Interval(start, end))
                if question.holds(s)
            ]
            plan = plans[machine.shift_pattern_id] = _Plan(shifts)
        yield machine, plan.since(first[machine.pk])


class _Plan:
    """The planned shifts of one pattern, summed once for all machines that had them all."""

    def __init__(self, shifts: list[tuple[date, Key, float, float]]) -> None:
        self._shifts = shifts
        self._days = [day for day, *_ in shifts]
        self._whole = self._sum(0)

    def since(self, first: date) -> dict[Key, tuple[float, float]]:
        index = bisect_left(self._days, first)
        return self._sum(index) if index else self._whole

    def _sum(self, index: int) -> dict[Key, tuple[float, float]]:
        sums: dict[Key, tuple[float, float]] = {}
        for _, key, passed, unfinished in self._shifts[index:]:
            before = sums.get(key, (0.0, 0.0))
            sums[key] = (before[0] + passed, before[1] + unfinished)
        return sums


def _busy(shift: PlannedShift, now: datetime) -> tuple[float, float]:
    """Planned busy seconds of an ended shift, or those so far of a running one."""
    if shift.interval.end <= now:
        return shift.pbt_s, 0.0
    return 0.0, shift.elapsed(now)[1]
