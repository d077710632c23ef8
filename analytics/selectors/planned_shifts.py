"""The planned shifts of many machines as arrays: machines of one pattern share one plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analytics.ml.history import Floats, Ints
from analytics.ml.instants import midnight, plant_day
from production.models import Machine
from production.selectors.machines import first_day, shift_calendar
from production.shopfloor.record import us
from production.shopfloor.shifts import ShiftCalendar

START = 2
"""Which column of a plan is the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedShifts:
    """By machine (its place in the list) and start; `shift` indexes the names."""

    machine: Ints
    shift: Ints
    weekday: Ints
    start_us: Ints
    end_us: Ints
    planned_min: Floats


def planned_shifts(
    machines: Sequence[Machine],
    *,
    start: datetime,
    end: datetime,
    timezone: str,
    names: list[str],
) -> PlannedShifts:
    """The shifts that start in `[start, end)`, from each machine's first record day on.

    Names of shifts that `names` does not hold are added to it.
    """
    plans: dict[int | None, Floats] = {}
    parts = []
    for place, machine in enumerate(machines):
        since = first_day(machine)
        calendar = shift_calendar(machine, timezone=timezone)
        if since is None or calendar is None:
            continue
        key = machine.shift_pattern_id
        if key not in plans:
            plans[key] = _plan(calendar, start, end, names)
        own = plans[key]
        mine = own[own[:, START] >= us(midnight(since, timezone))]
        parts.append(np.column_stack([np.full(len(mine), place), mine]))
    table = np.concatenate(parts) if parts else np.zeros((0, 6))
    machine, shift, weekday, start_us, end_us = table[:, [0, 1, 2, 3, 4]].T.astype(np.int64)
    return PlannedShifts(
        machine=machine,
        shift=shift,
        weekday=weekday,
        start_us=start_us,
        end_us=end_us,
        planned_min=table[:, 5],
    )


def _plan(calendar: ShiftCalendar, start: datetime, end: datetime, names: list[str]) -> Floats:
    """(shift, 5): name's place, weekday, start, end, planned minutes. Microseconds fit a float8."""
    first, last = (plant_day(at, calendar.timezone) for at in (start, end))
    rows = []
    for shift in calendar.between(first - timedelta(days=1), last + timedelta(days=1)):
        if not start <= shift.interval.start < end:
            continue
        if shift.name not in names:
            names.append(shift.name)
        begin, finish = us(shift.interval.start), us(shift.interval.end)
        place = names.index(shift.name)
        rows.append([place, shift.date.weekday(), begin, finish, shift.pbt_s / 60])
    return np.array(rows, dtype=np.float64).reshape(-1, 5)
