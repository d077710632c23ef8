"""What truly happened in a simulated plant, as the shift history that production would derive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import numpy as np

from amis.interval import Interval
from analytics.ml.history import Floats, Ints, ShiftHistory
from plc_sim.kinds import STATE_NAMES
from plc_sim.machine import Plant
from plc_sim.panel import Event
from plc_sim.timetable import MINUTE, moment
from production.shopfloor.packml import TimeClass, time_class
from production.shopfloor.record import Pieces, ShiftTotals, shift_totals, us
from production.shopfloor.shifts import (
    BreakTime,
    PlannedShift,
    ShiftCalendar,
    ShiftTime,
    WeekPattern,
)
from production.shopfloor.states import StateSpan

THREE_SHIFTS = WeekPattern(
    days=frozenset(range(7)),
    shifts=(
        ShiftTime("Day", "06:00", "14:00"),
        ShiftTime("Evening", "14:00", "22:00"),
        ShiftTime("Night", "22:00", "06:00"),
    ),
    breaks=tuple(BreakTime(f"{hour}:00", f"{hour}:30") for hour in ("02", "10", "18")),
)
NAMES = ("Day", "Evening", "Night")
SIGNALS = ("temperature", "vibration", "pressure", "power")
SAMPLED_EVERY = 15 * MINUTE
DELAYS = {code for code, name in STATE_NAMES.items() if time_class(name) is TimeClass.ADET}


def shifts_of(plant: Plant, timezone: str, days: int) -> list[PlannedShift]:
    """The whole shifts of the plant's first days, in order."""
    lived = Interval(moment(plant.epoch), moment(plant.epoch) + timedelta(days=days))
    planned = ShiftCalendar(timezone, THREE_SHIFTS).overlapping(lived)
    return [s for s in planned if lived.start <= s.interval.start and s.interval.end <= lived.end]


def downtime_min(events: Sequence[Event], plant: Plant, shift: PlannedShift) -> Floats:
    """Minutes of delay (ADET) of each machine in a shift's planned busy time."""
    edges = [shift.interval.start, *(e for p in shift.breaks for e in (p.start, p.end))]
    borders = [us(edge) for edge in [*edges, shift.interval.end]]
    busy = list(pairwise(borders))[::2]
    place = {name: number for number, name in enumerate(plant.ids)}
    total = np.zeros(len(plant.ids))
    for one in events:
        if one.kind == "state" and one.state in DELAYS:
            parts = (min(one.end, end) - max(one.start, start) for start, end in busy)
            total[place[one.machine_id]] += sum(part for part in parts if part > 0)
    return total / MINUTE


@dataclass(slots=True)
class Chronicle:
    """Follows a plant shift by shift and keeps what production would have been told."""

    plant: Plant
    shifts: list[PlannedShift] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    pieces: list[tuple[int, int, bool]] = field(default_factory=list)
    stats: list[Floats] = field(default_factory=list)

    def reach(self, until: int) -> None:
        """Let the plant live up to an instant."""
        progress = self.plant.advance(until)
        self.events += [event for event in progress.events if event.kind == "state"]
        self.pieces += progress.pieces

    def follow(self, shift: PlannedShift) -> None:
        """Let the plant live through a shift, which then is part of the history."""
        start, end = us(shift.interval.start), us(shift.interval.end)
        self.reach(end)
        times = np.arange(start, end, SAMPLED_EVERY)
        signals = [self.plant.signals_at(name, times) for name in self.plant.ids]
        self.stats.append(np.array([_figures(values, times) for values in signals]))
        self.shifts.append(shift)

    def history(self) -> ShiftHistory:
        """The shifts followed so far, by machine and start."""
        totals = [one for index in range(len(self.plant.ids)) for one in self._totals(index)]
        machines, count = len(self.plant.ids), len(self.shifts)
        down = self._down(totals)
        rows, machine = self.shifts * machines, np.repeat(np.arange(machines), count)
        start, end = (
            np.array([us(getattr(s.interval, edge)) for s in rows]) for edge in ("start", "end")
        )
        return ShiftHistory(
            machines=tuple(self.plant.ids), shift_names=NAMES, machine=machine,
            shift=np.array([NAMES.index(s.name) for s in rows]),
            weekday=np.array([s.date.weekday() for s in rows]), start_us=start, end_us=end,
            planned_min=np.array([s.pbt_s / 60 for s in rows]),
            downtime_min=_column(totals, "adet_s") / 60, stops=_begun(down, machine, start, end),
            units=_column(totals, "pq"), defective=_column(totals, "sq"),
            quality=_column(totals, "gq") / np.maximum(_column(totals, "pq"), 1),
            efficiency=_column(totals, "ideal_produced_s") / _column(totals, "apt_s"),
            maintenance_min=np.zeros(len(rows)), signals=SIGNALS,
            signal_stats=np.concatenate(list(np.swapaxes(np.array(self.stats), 0, 1))),
            down_machine=down[:, 0], down_start_us=down[:, 1], down_end_us=down[:, 2],
        )  # fmt: skip

    def _totals(self, index: int) -> list[ShiftTotals]:
        """The record of each shift of a machine."""
        name, kind = self.plant.ids[index], self.plant.stations[index].kind
        spans = [
            StateSpan(one.start, one.end, STATE_NAMES[one.state], one.cause)
            for one in [*self.events, *self.plant.open_states()]
            if one.machine_id == name and one.kind == "state" and one.state is not None
        ]
        mine = np.array([(t, is_bad) for t, of, is_bad in self.pieces if of == index], np.int64)
        produced: Pieces = (mine[:, 0], np.ones(len(mine), np.int64))
        defective: Pieces = (mine[:, 0], mine[:, 1])
        return [
            shift_totals(
                shift=shift, spans=spans, produced=produced, defective=defective, rework=None,
                pri_s=kind.cycle_us / 1e6, until=shift.interval.end,
            )
            for shift in self.shifts
        ]  # fmt: skip

    def _down(self, totals: list[ShiftTotals]) -> Ints:
        """(machine, start, end) of delays, joined where two touch."""
        found: list[list[int]] = []
        for row, total in enumerate(totals):
            machine = row // len(self.shifts)
            for stop in total.stops:
                if stop.time_class is not TimeClass.ADET:
                    continue
                if found and found[-1][0] == machine and found[-1][2] >= stop.start_us:
                    found[-1][2] = max(found[-1][2], stop.end_us)
                else:
                    found.append([machine, stop.start_us, stop.end_us])
        return np.array(found, np.int64).reshape(-1, 3)


def _figures(values: Floats, times: Ints) -> Floats:
    """(signal, 3): mean, slope an hour and highest."""
    hours = (times - times[0]) / (60 * MINUTE)
    off = hours - hours.mean()
    return np.column_stack([values.mean(axis=1), values @ off / (off @ off), values.max(axis=1)])


def _column(totals: list[ShiftTotals], name: str) -> Floats:
    return np.array([getattr(one, name) for one in totals], np.float64)


def _begun(down: Ints, machine: Ints, start: Ints, end: Ints) -> Floats:
    """How many delays began in each row's shift."""
    counts = np.zeros(len(machine))
    for row, (one, low, high) in enumerate(zip(machine, start, end, strict=True)):
        mine = down[down[:, 0] == one, 1]
        counts[row] = np.subtract(*np.searchsorted(mine, [high, low]))
    return counts
