"""A plant with a past: records and stops of three shifts a day, made up quickly and the same
whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from amis.interval import Interval
from production.models import Machine, ProductionRecord, Signal, Stop
from production.selectors.calendar import calendar_of
from production.services.samples import SampleBatch, record_samples
from production.shopfloor.record import us
from production.shopfloor.shifts import PlannedShift
from production.tests.factories import make_machine

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
"""A Monday, 09:30 in Chicago: half an hour after a full hour, in the Day shift."""
Stops = list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Habit:
    """How a machine stops: hours between stops and minutes of each, before and after a change."""

    gap_h: float = 30.0
    length_min: float = 60.0
    gap_later_h: float | None = None
    length_later_min: float | None = None
    changes: float = 0.5
    """The share of the past after which the machine stops in its later way."""


USUAL = Habit()
WORN = Habit(gap_h=60.0, length_min=20.0, gap_later_h=6.0, length_later_min=150.0)
"""Stops rarely and briefly, then often and long: what was learned before does not hold after."""
LASTING = Habit(gap_h=60.0, length_min=20.0, gap_later_h=20.0, length_later_min=600.0)
"""Stops rarely and briefly, then for hours: a machine that stands tells of its next shift."""


def fill(
    *, machines: int = 3, days: int = 40, until: datetime = NOW, habit: Habit = USUAL
) -> list[Machine]:
    """Machines with every shift that ended in the days before `until`, and stops up to it.

    The machines of a plant that has them already are used; nobody stops at `until` itself.
    """
    made = [machine(number) for number in range(1, machines + 1)]
    span = Interval(until - timedelta(days=days), until)
    for number, one in enumerate(made):
        stops = made_up_stops(span, habit, seed=7 + number)
        write(one, span, stops)
    return made


def machine(number: int) -> Machine:
    name = f"M{number:03d}"
    return Machine.objects.filter(machine_id=name).first() or make_machine(name)


def made_up_stops(span: Interval, habit: Habit, *, seed: int) -> Stops:
    """Exponential time between stops, lognormal lengths; the last ends before the span does."""
    draw = np.random.default_rng(seed)
    change = span.start + habit.changes * (span.end - span.start)
    now, found = span.start, []
    while True:
        is_later = now >= change
        gap_h = habit.gap_later_h if is_later and habit.gap_later_h else habit.gap_h
        long = habit.length_later_min if is_later else None
        now += timedelta(hours=draw.exponential(gap_h), minutes=1)
        end = now + timedelta(minutes=(long or habit.length_min) * draw.lognormal(0, 0.6))
        if end >= span.end:
            return found
        found.append((now, end))
        now = end


def write(one: Machine, span: Interval, stops: Stops) -> None:
    """Records of the shifts that ended in the span, and the stops cut at the borders of shifts."""
    shifts = shifts_in(one, span)
    write_records(one, shifts, lambda shift: stopped_min(shift, stops))
    pieces = [piece for start, end in stops for piece in _cut(start, end, shifts)]
    Stop.objects.bulk_create(
        Stop(machine=one, start=start, end=end, state="Aborted") for start, end in pieces
    )


def shifts_in(one: Machine, span: Interval) -> list[PlannedShift]:
    """Those that start in the span and end before it does."""
    day = timedelta(days=1)
    found = calendar_of(one).between(span.start.date() - day, span.end.date() + day)
    return [s for s in found if span.start <= s.interval.start and s.interval.end <= span.end]


def write_records(
    one: Machine, shifts: Sequence[PlannedShift], downtime_min: Callable[[PlannedShift], float]
) -> None:
    """A record of each shift with so many minutes down and pieces for the rest of it."""
    rows = []
    for shift in shifts:
        adet_s = downtime_min(shift) * 60.0
        units = round((shift.pbt_s - adet_s) / 70.0)
        ideal_s = 28_800.0 / 480.0
        rows.append(
            ProductionRecord(
                machine=one, production_date=shift.date, shift=shift.name, source="derived",
                shift_start=shift.interval.start, shift_end=shift.interval.end,
                pot_s=shift.pbt_s, pbt_s=shift.pbt_s, apt_s=shift.pbt_s - adet_s, adet_s=adet_s,
                pri_s=ideal_s, units_produced=units, good_units=units - units // 40,
                defective_units=units // 40, ideal_produced_s=ideal_s * units,
                ideal_good_s=ideal_s * (units - units // 40),
            )
        )  # fmt: skip
    ProductionRecord.objects.bulk_create(rows)


def stopped_min(shift: PlannedShift, stops: Stops) -> float:
    begin, end = shift.interval.start, shift.interval.end
    spent = [min(until, end) - max(start, begin) for start, until in stops]
    return sum((max(one, timedelta(0)) for one in spent), timedelta(0)) / timedelta(minutes=1)


def _cut(start: datetime, end: datetime, shifts: Sequence[PlannedShift]) -> Stops:
    borders = [s.interval.start for s in shifts if start < s.interval.start < end]
    edges = [start, *borders, end]
    return list(pairwise(edges))


def steady(*, days: int = 40, until: datetime = NOW, level_days: int = 10) -> Machine:
    """A machine whose every shift is exactly as long down as the one before, without a stop that
    says why; every ten days the length changes. Nothing beats the last value there.
    """
    one = machine(1)
    shifts = shifts_in(one, Interval(until - timedelta(days=days), until))
    write_records(
        one, shifts, lambda shift: 20.0 + 25.0 * (shift.date.toordinal() // level_days % 4)
    )
    return one


def sample(
    one: Machine, *, days: int = 15, until: datetime = NOW, odd: Interval | None = None
) -> None:
    """Temperature and pressure every ten minutes; while it is odd the temperature runs away."""
    count = days * 144
    times = [until - timedelta(minutes=10 * (count - n)) for n in range(count)]
    draw = np.random.default_rng(7)
    swing = np.sin(np.arange(count) / 12.0)
    heat = 60.0 + 2.0 * swing + draw.normal(0, 0.3, count)
    if odd is not None:
        heat[[odd.start <= at < odd.end for at in times]] += 25.0
    for name, values in (("temperature", heat), ("pressure", 6.0 + 0.2 * swing)):
        signal, _ = Signal.objects.get_or_create(
            machine=one, name=name, defaults={"role": "process", "node": f"nsu=urn:test;s={name}"}
        )
        record_samples(
            batch=SampleBatch(
                signal_ids=np.full(count, signal.pk, dtype=np.int64),
                times_us=np.array([us(at) for at in times], dtype=np.int64),
                values=values + draw.normal(0, 0.01, count),
                status_codes=np.zeros(count, dtype=np.int64),
                texts={},
            )
        )
