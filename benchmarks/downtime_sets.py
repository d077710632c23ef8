"""Open downtime records as shift histories: LANL outages, Grid'5000 minutes a shift."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analytics.ml.history import OUTCOMES, Floats, Ints, ShiftHistory

if TYPE_CHECKING:
    import pandas

SHIFT_US = 8 * 3_600_000_000
MINUTE_US = 60_000_000
ROW_COLUMNS = ("machine", "shift", "weekday", "start_us", "end_us", "planned_min", *OUTCOMES)
SHIFT_NAMES = ("Night", "Day", "Evening")


def lanl(folder: Path, system: str, *, machines: int | None = None) -> ShiftHistory:
    """A system's outages, cut at the borders of 8 h shifts from its first outage to its last.

    `machines` takes that many, evenly spaced in the sorted list of names.
    """
    import pandas

    events = pandas.read_csv(folder / "lanl_downtime_events.csv.gz", parse_dates=["start", "end"])
    events = events[events.machine.str.startswith(f"{system}-") & (events.end > events.start)]
    first, last = _shift_of(_us(events.start).min()), _shift_of(_us(events.end).max())
    names = _spaced(sorted(events.machine.unique()), machines)
    events = events[events.machine.isin(names)].sort_values(["machine", "start"])
    place = {name: number for number, name in enumerate(names)}
    machine, start, end = _joined(
        events.machine.map(place).to_numpy(np.int64), _us(events.start), _us(events.end)
    )
    shifts = np.arange(first, last, dtype=np.int64)
    minutes, stops = _cut(machine, start, end, shifts=shifts, machines=len(names))
    grid = np.repeat(np.arange(len(names), dtype=np.int64), len(shifts))
    return _history(
        names, grid, np.tile(shifts, len(names)), minutes=minutes, stops=stops,
        intervals=(machine, start, end),
    )  # fmt: skip


def grid5000(
    folder: Path, *, machines: int | None = None, with_intervals: bool = False
) -> ShiftHistory:
    """Minutes down a shift while a machine was observed.

    The file has no intervals; `with_intervals` rebuilds them from minutes and stops begun.
    """
    import pandas

    watched = pandas.read_csv(folder / "grid5000_machines.csv.gz").sort_values("machine")
    watched = watched[watched.machine.isin(_spaced(sorted(watched.machine), machines))]
    since = -(-_us(pandas.to_datetime(watched.observed_from)) // SHIFT_US)
    until = _us(pandas.to_datetime(watched.observed_to)) // SHIFT_US
    names = list(watched.machine)
    counts = np.maximum(until - since, 0)
    machine = np.repeat(np.arange(len(names), dtype=np.int64), counts)
    firsts = np.concatenate([[0], np.cumsum(counts)])
    shift = np.arange(len(machine)) - firsts[machine] + since[machine]
    rows = pandas.read_csv(folder / "grid5000_downtime_shifts.csv.gz", parse_dates=["shift_start"])
    rows = rows[rows.machine.isin(names)]
    of = rows.machine.map({name: number for number, name in enumerate(names)}).to_numpy(np.int64)
    place = _us(rows.shift_start) // SHIFT_US - since[of]
    inside = (place >= 0) & (place < counts[of])
    minutes, stops = np.zeros(len(machine)), np.zeros(len(machine))
    minutes[firsts[of[inside]] + place[inside]] = rows.downtime_min.to_numpy()[inside]
    stops[firsts[of[inside]] + place[inside]] = rows.stops.to_numpy()[inside]
    intervals = rebuilt(machine, shift, minutes=minutes, stops=stops) if with_intervals else None
    return _history(names, machine, shift, minutes=minutes, stops=stops, intervals=intervals)


def cut_at(history: ShiftHistory, share: float) -> ShiftHistory:
    """The shifts that ended in the first share of a history's time, as they were known then."""
    begin, end = int(history.start_us.min()), int(history.end_us.max())
    until = begin + int(share * (end - begin))
    kept = np.flatnonzero(history.end_us <= until)
    columns = {name: getattr(history, name)[kept] for name in ROW_COLUMNS}
    return replace(history, **columns).known_at(until) if share < 1 else history


def rebuilt(
    machine: Ints, shift: Ints, *, minutes: Floats, stops: Floats
) -> tuple[Ints, Ints, Ints]:
    """Intervals that would have been cut to these minutes and stops begun.

    Minutes without a stop begun go on from the shift before, so they stand at the start; those
    before such a shift stand at the end; others in the middle. When a machine was down at a
    border of shifts is thus as it was, but for shifts of several stops.
    """
    down = np.round(minutes * MINUTE_US).astype(np.int64)
    goes_on = (stops == 0) & (minutes > 0)
    followed = np.append(goes_on[1:] & (machine[1:] == machine[:-1]), False)
    start = shift * SHIFT_US
    middle = start + (SHIFT_US - down) // 2
    begins = np.where(goes_on, start, np.where(followed, start + SHIFT_US - down, middle))
    rows = np.flatnonzero(down > 0)
    return _joined(machine[rows], begins[rows], (begins + down)[rows])


def _history(
    names: list[str], machine: Ints, shift: Ints, *, minutes: Floats, stops: Floats,
    intervals: tuple[Ints, Ints, Ints] | None,
) -> ShiftHistory:  # fmt: skip
    unknown, none = np.full(len(machine), np.nan), np.zeros(0, np.int64)
    down_machine, down_start, down_end = intervals or (none, none, none)
    return ShiftHistory(
        machines=tuple(names), shift_names=SHIFT_NAMES, machine=machine, shift=shift % 3,
        # 1 January 1970 was a Thursday.
        weekday=(shift // 3 + 3) % 7, start_us=shift * SHIFT_US, end_us=(shift + 1) * SHIFT_US,
        planned_min=np.full(len(machine), 480.0), downtime_min=minutes, stops=stops,
        units=unknown, defective=unknown, quality=unknown, efficiency=unknown,
        maintenance_min=unknown, signals=(), signal_stats=np.zeros((len(machine), 0, 3)),
        down_machine=down_machine, down_start_us=down_start, down_end_us=down_end,
    )  # fmt: skip


def _us(times: pandas.Series[pandas.Timestamp]) -> Ints:
    return times.to_numpy("datetime64[us]").astype(np.int64)


def _shift_of(time_us: int) -> int:
    return int(time_us // SHIFT_US)


def _spaced(names: list[str], wanted: int | None) -> list[str]:
    if wanted is None or wanted >= len(names):
        return names
    return [names[place * len(names) // wanted] for place in range(wanted)]


def _joined(machine: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Overlapping outages of a machine are one."""
    kept: list[list[int]] = []
    for one, since, until in zip(machine.tolist(), start.tolist(), end.tolist(), strict=True):
        if kept and kept[-1][0] == one and since <= kept[-1][2]:
            kept[-1][2] = max(kept[-1][2], until)
        else:
            kept.append([one, since, until])
    table = np.array(kept, np.int64).reshape(-1, 3)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def _cut(
    machine: Ints, start: Ints, end: Ints, *, shifts: Ints, machines: int
) -> tuple[Floats, Floats]:
    """Minutes down and stops begun of each machine and shift, flat by machine and shift."""
    minutes, stops = np.zeros((machines, len(shifts))), np.zeros((machines, len(shifts)))
    for one, since, until in zip(machine.tolist(), start.tolist(), end.tolist(), strict=True):
        first = since // SHIFT_US - int(shifts[0])
        if 0 <= first < len(shifts):
            stops[one, first] += 1
        last = min((until - 1) // SHIFT_US - int(shifts[0]), len(shifts) - 1)
        for place in range(max(first, 0), last + 1):
            begins = int(shifts[place]) * SHIFT_US
            overlap = min(until, begins + SHIFT_US) - max(since, begins)
            minutes[one, place] += overlap / MINUTE_US
    return minutes.ravel(), stops.ravel()
