"""The running shift as one line: OEE = A × P × Q, good pieces, downtime; each beside what it is
held against.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from analytics.kpis.plain import plainly
from analytics.kpis.rollup import kpis
from analytics.selectors import kpi_sums
from analytics.selectors.targets import targets_read
from analytics.templatetags.figures import minutes, percent, pieces
from analytics.views.references import (
    Reference,
    downtime_reference,
    good_reference,
    reference_of,
)
from analytics.views.tiles import pieces_to, points_to
from production.figures.bars import analogue_bar
from production.models import Machine
from production.shopfloor.shifts import PlannedShift
from production.shopfloor.window import Window

# key, what the page calls it, what stands before it, the ends of its scale
FACTORS = (
    ("oee", "OEE, shift so far", "", 0.5, 1.0),
    ("availability", "Availability", "=", 0.5, 1.0),
    ("effectiveness", "Performance", "×", 0.5, 1.0),
    ("quality_ratio", "Quality", "×", 0.9, 1.0),
)


def equation(
    machines: list[Machine], shift: PlannedShift | None, usual: dict[str, Any], *, now: datetime
) -> dict[str, Any]:
    """`usual` are the KPIs of the last seven days: the measure of what has no target. The machines
    carry `targets_beside`.
    """
    if shift is None:
        return {"kpi": None}
    window = Window(shift.interval, (shift.date, shift.date + timedelta(days=1)))
    sums = kpi_sums(window=window, machines=machines, shift=shift.name, now=now)
    values = plainly(kpis(sums.total))
    targets, busy_s = targets_read(machines, shift.date), shift.elapsed(now)[1]
    good = good_reference(machines, shift, targets, busy_s=busy_s)
    lost = downtime_reference(
        machines, shift, targets, busy_s=busy_s, usual=_usual_downtime(values, usual)
    )
    return {
        "kpi": values,
        "factors": [_factor(one, values, reference_of(one[0], usual, targets)) for one in FACTORS],
        **_good(values["good_units"], good),
        **_downtime(values, lost),
    }


def _factor(
    one: tuple[str, str, str, float, float], values: dict[str, Any], held: Reference
) -> dict[str, Any]:
    key, label, op, low, high = one
    value, mark = values[key], held.by_now
    against = _("target") if held.is_target else _("last seven days")
    return {
        "key": key,
        "label": label,
        "op": op,
        "value": value,
        "reason": values["reasons"].get(key, ""),
        "delta": points_to(value, mark),
        "reference": mark,
        "is_target": held.is_target,
        "bar": analogue_bar(
            [] if value is None else [(value, "bar-value")],
            low=low,
            high=high,
            mark=mark,
            title=f"{label} {percent(value)}, {against} {percent(mark)}, "
            f"scale {low:.0%} to {high:.0%}",
        ),
    }


def _good(good: float | None, held: Reference) -> dict[str, Any]:
    against = _("target by now") if held.is_target else _("at ideal speed by now")
    return {
        "good_reference": held.by_now,
        "good_is_target": held.is_target,
        "good_delta": pieces_to(good, held.by_now),
        "good_bar": analogue_bar(
            [(good or 0.0, "bar-value")],
            low=0,
            high=max(held.by_end or 0.0, good or 0.0, 1.0),
            mark=held.by_now,
            title=f"Good pieces {pieces(good)}, {pieces(held.by_now)} {against}, "
            f"scale to {pieces(held.by_end)} at the end of the shift",
        ),
    }


def _usual_downtime(values: dict[str, Any], usual: dict[str, Any]) -> float | None:
    """What the last seven days' share of planned busy time would have made."""
    if not usual["pbt_min"]:
        return None
    share: float = (usual["downtime_min"] or 0.0) / usual["pbt_min"]
    return share * values["pbt_min"]


def _downtime(values: dict[str, Any], held: Reference) -> dict[str, Any]:
    lost, unassigned = values["downtime_min"] or 0.0, values["unassigned_min"] or 0.0
    said = (
        _("Downtime %(lost)s, %(unassigned)s of it without reason; target by now %(expected)s")
        if held.is_target
        else _(
            "Downtime %(lost)s, %(unassigned)s of it without reason; at the last seven "
            "days' share it would be %(expected)s"
        )
    )
    return {
        "downtime_target": held.by_now if held.is_target else None,
        "downtime_delta": pieces_to(values["downtime_min"], held.by_now),
        "downtime_bar": analogue_bar(
            [(lost - unassigned, "bar-value"), (unassigned, "bar-bad")],
            low=0,
            high=max(2 * (held.by_now or 0.0), lost * 1.2, 1.0),
            mark=held.by_now,
            title=said
            % {
                "lost": minutes(lost),
                "unassigned": minutes(unassigned),
                "expected": minutes(held.by_now),
            },
        ),
    }
