"""The running shift of a machine: good pieces against ideal speed, its equation, its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from amis.interval import Interval
from analytics.kpis.rollup import kpis
from analytics.selectors import kpi_sums
from analytics.templatetags.figures import pieces
from analytics.views.equation import FACTORS
from analytics.views.tiles import pieces_to, whole_minutes
from production.figures.curves import progress_curve
from production.models import Signal
from production.selectors.series import Counted, counters_of
from production.selectors.states import ticks_of
from production.shopfloor.counters import increments
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.window import Window

CURVE_POINTS = 120
# The parts of planned busy time (ISO 22400-2) and what a page calls them.
ELEMENTS = (
    ("apt_min", "Producing"),
    ("aust_min", "Changeover"),
    ("adet_min", "Stopped"),
    ("adot_min", "Idle"),
)


def pieces_of_shift(
    machine: Any, shift: PlannedShift | None, *, timezone: str, now: datetime
) -> dict[str, Any]:
    if shift is None:
        return {"kpi": None}
    window = Window(shift.interval, (shift.date, shift.date + timedelta(days=1)))
    values = kpis(kpi_sums(window=window, machines=[machine], shift=shift.name, now=now).total)
    by_now = shift.elapsed(now)[1] / machine.pri_s if machine.pri_s else None
    good = values["good_units"]
    gap = pieces_to(good, by_now)
    start, length = shift.interval.start, shift.interval.duration_s
    ticks = ticks_of(shift.interval, timezone=timezone)
    return {
        "kpi": values,
        "factors": [
            {"op": op, "label": label.partition(",")[0], "key": key, "value": values[key]}
            for key, label, op, *_ in FACTORS
        ],
        "target_now": by_now,
        "gap": gap,
        "elements": _elements(values),
        "curve": progress_curve(
            _curve(machine, shift, now, good),
            target=_target(shift, machine.pri_s),
            pauses=[(_share(p.start, shift), _share(p.end, shift)) for p in shift.breaks],
            ticks=[((at - start.timestamp()) / length, words) for at, words in ticks],
            labels=(gap, f"now {pieces(good)}"),
            title="Good pieces of this shift against ideal speed",
        ),
    }


def _elements(values: dict[str, Any]) -> list[tuple[str, int, float | None]]:
    """Where planned busy time went: (what, minutes, share); the minutes add up as printed."""
    known = {key: values[key] or 0.0 for key, _ in ELEMENTS}
    whole = whole_minutes(known)
    busy = values["pbt_min"]
    return [(name, whole[key], known[key] / busy if busy else None) for key, name in ELEMENTS]


def _share(moment: datetime, shift: PlannedShift) -> float:
    return (moment - shift.interval.start) / (shift.interval.end - shift.interval.start)


def _target(shift: PlannedShift, pri_s: float | None) -> list[tuple[float, float]]:
    """What ideal speed makes in planned busy time: it rests in the breaks."""
    if not pri_s:
        return []
    ends = [end for pause in shift.breaks for end in (pause.start, pause.end)]
    moments = [shift.interval.start, *ends, shift.interval.end]
    return [(_share(moment, shift), shift.elapsed(moment)[1] / pri_s) for moment in moments]


def _curve(
    machine: Any, shift: PlannedShift, now: datetime, good: float | None
) -> list[tuple[float, float]]:
    """Good pieces since the shift began, thinned to what a curve can show; it ends at `good`."""
    interval = Interval(shift.interval.start, max(now, shift.interval.start))
    cards = {card["role"]: card for card in machine.signal_cards}
    produced, defective = cards.get(Signal.Role.PRODUCED), cards.get(Signal.Role.DEFECTIVE)
    if produced is None or good is None:
        return []
    found = counters_of([card["pk"] for card in (produced, defective) if card], interval)
    times, made = _summed(produced, found)
    if defective:
        at, bad = _summed(defective, found)
        # Scrap is counted at its own times: what holds at each piece is the count before it.
        made = made - np.concatenate(([0.0], bad))[np.searchsorted(at, times, side="right")]
    every = max(len(times) // CURVE_POINTS, 1)
    start, length = shift.interval.start.timestamp(), shift.interval.duration_s
    shares = ((times[::every] - start) / length).tolist()
    points = zip(shares, made[::every].tolist(), strict=True)
    return [(0.0, 0.0), *points, (_share(now, shift), good)]


def _summed(card: dict[str, Any], found: dict[int, Counted]) -> tuple[Any, Any]:
    """A counter's times and its increments so far."""
    times, values, before = found[card["pk"]]
    return times, increments(values, previous=before, bits=card["bits"]).amounts.cumsum()
