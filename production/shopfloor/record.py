"""The record of one shift: ISO 22400 time elements and quantities, and OEE as their ratio."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from production.shopfloor.packml import TimeClass, time_class
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.states import StateSpan
from production.shopfloor.stops import StopSpan, is_minor, stops

BUSY = (TimeClass.APT, TimeClass.AUST, TimeClass.ADET, TimeClass.ADOT)
"""What planned busy time consists of."""

Pieces = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Times (µs since the epoch, ascending) and the pieces that came then."""


@dataclass(frozen=True, slots=True)
class ShiftTotals:
    """Seconds and pieces of one machine and shift so far; None is unknown.

    POT = planned_down + no_data + PBT and PBT = APT + AUST + ADET + ADOT, to the microsecond.
    """

    pot_s: float
    planned_down_s: float
    pbt_s: float
    apt_s: float | None
    aust_s: float
    adet_s: float | None
    adot_s: float
    no_data_s: float
    pq: float | None
    gq: float | None
    sq: float | None
    rq: float | None
    pri_s: float | None
    failures: int = 0
    repair_s: float = 0.0
    stops: tuple[StopSpan, ...] = field(default=())

    @property
    def ideal_produced_s(self) -> float | None:
        """PRI × PQ."""
        return _times(self.pri_s, self.pq)

    @property
    def ideal_good_s(self) -> float | None:
        """PRI × GQ."""
        return _times(self.pri_s, self.gq)

    @property
    def oee(self) -> float | None:
        return oee_of(pri_s=self.pri_s, gq=self.gq, pbt_s=self.pbt_s)


def oee_of(*, pri_s: float | None, gq: float | None, pbt_s: float) -> float | None:
    """OEE = PRI × GQ / PBT (ISO 22400-2: A × E × Q, shortened). None where a part is unknown or
    PBT 0.
    """
    ideal = _times(pri_s, gq)
    return None if ideal is None or not pbt_s else ideal / pbt_s


def shift_totals(
    *,
    shift: PlannedShift,
    spans: Sequence[StateSpan],
    produced: Pieces | None,
    defective: Pieces | None,
    rework: Pieces | None,
    pri_s: float | None,
    until: datetime,
    minor_stop_s: float = 120.0,
) -> ShiftTotals:
    """What one shift amounts to, up to `until`.

    `spans` are in order (more on either side does no harm). Breaks are planned downtime whatever
    the machine does in them; pieces made then still count. Time without data, or that no span
    covers, is neither busy nor stopped.
    """
    window = (us(shift.interval.start), us(min(until, shift.interval.end)))
    busy = _busy(shift, window[1])
    inside = _inside(spans, window)
    seconds = _seconds(inside, busy)
    halts = tuple(stops(inside, busy=busy))
    failures = [
        s for s in halts if s.time_class is TimeClass.ADET and not is_minor(s, minor_stop_s)
    ]
    pot_s, planned_busy_s = shift.elapsed(until)
    pq, sq = _count(produced, window), _count(defective, window)
    return ShiftTotals(
        pot_s=pot_s,
        planned_down_s=pot_s - planned_busy_s,
        pbt_s=sum(seconds[kind] for kind in BUSY),
        apt_s=seconds[TimeClass.APT],
        aust_s=seconds[TimeClass.AUST],
        adet_s=seconds[TimeClass.ADET],
        adot_s=seconds[TimeClass.ADOT],
        no_data_s=max(round(planned_busy_s - sum(seconds[kind] for kind in BUSY), 6), 0.0),
        pq=pq,
        gq=None if pq is None or sq is None else pq - sq,
        sq=sq,
        rq=_count(rework, window),
        pri_s=pri_s,
        failures=len(failures),
        repair_s=sum(stop.duration_s for stop in failures),
        stops=halts,
    )


def submitted_totals(
    *,
    shift: PlannedShift,
    pri_s: float | None,
    units_produced: float | None,
    defective_units: float | None,
    downtime_min: float | None,
) -> ShiftTotals:
    """A figure that a person gave for a whole planned shift: APT = PBT − downtime."""
    down = None if downtime_min is None else downtime_min * 60.0
    known = units_produced is not None and defective_units is not None
    return ShiftTotals(
        pot_s=shift.pot_s,
        planned_down_s=shift.pot_s - shift.pbt_s,
        pbt_s=shift.pbt_s,
        apt_s=None if down is None else shift.pbt_s - down,
        aust_s=0.0,
        adet_s=down,
        adot_s=0.0,
        no_data_s=0.0,
        pq=units_produced,
        gq=units_produced - defective_units if known else None,  # type: ignore[operator]
        sq=defective_units,
        rq=None,
        pri_s=pri_s,
    )


def us(instant: datetime) -> int:
    """Microseconds since the epoch, exact."""
    whole = int(instant.replace(microsecond=0).timestamp())
    return whole * 1_000_000 + instant.microsecond


def instant(microseconds: int) -> datetime:
    """The inverse of `us`."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _busy(shift: PlannedShift, until_us: int) -> list[tuple[int, int]]:
    """The stretches of planned busy time between the breaks."""
    stretches = []
    start = us(shift.interval.start)
    for pause in shift.breaks:
        stretches.append((start, min(us(pause.start), until_us)))
        start = us(pause.end)
    stretches.append((start, min(us(shift.interval.end), until_us)))
    return [(first, last) for first, last in stretches if first < last]


def _inside(spans: Sequence[StateSpan], window: tuple[int, int]) -> Sequence[StateSpan]:
    """The spans that touch a window, found by bisection: a month has thousands."""
    first = bisect_right(spans, window[0], key=lambda span: span.end_us)
    return spans[first : bisect_left(spans, window[1], key=lambda span: span.start_us)]


def _seconds(spans: Sequence[StateSpan], busy: Sequence[tuple[int, int]]) -> dict[TimeClass, float]:
    """Busy seconds by class, added as whole microseconds."""
    found = dict.fromkeys(TimeClass, 0)
    for span in spans:
        kind = time_class(span.state)
        for first, last in busy:
            found[kind] += max(min(span.end_us, last) - max(span.start_us, first), 0)
    return {kind: total / 1e6 for kind, total in found.items()}


def _count(pieces: Pieces | None, window: tuple[int, int]) -> float | None:
    if pieces is None:
        return None
    times, amounts = pieces
    first, last = np.searchsorted(times, window, side="left")
    return float(amounts[first:last].sum())


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other
