"""The running shift as one line: OEE = A × P × Q, good pieces, downtime; each beside what it is
held against.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from analytics.kpis.rollup import kpis
from analytics.selectors import kpi_sums
from analytics.templatetags.figures import minutes, percent, pieces
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
    """`usual` are the KPIs of the last seven days: no target is set, so they are the measure."""
    if shift is None:
        return {"kpi": None}
    window = Window(shift.interval, (shift.date, shift.date + timedelta(days=1)))
    values = kpis(kpi_sums(window=window, machines=machines, shift=shift.name, now=now).total)
    factors = [
        {
            "key": key,
            "label": label,
            "op": op,
            "value": values[key],
            "reason": values["reasons"].get(key, ""),
            "delta": points_to(values[key], usual[key]),
            "usual": usual[key],
            "bar": analogue_bar(
                [] if values[key] is None else [(values[key], "bar-value")],
                low=low,
                high=high,
                mark=usual[key],
                title=f"{label} {percent(values[key])}, "
                f"last seven days {percent(usual[key])}, scale {low:.0%} to {high:.0%}",
            ),
        }
        for key, label, op, low, high in FACTORS
    ]
    return {
        "kpi": values,
        "factors": factors,
        **_good(machines, shift, values["good_units"], now=now),
        **_downtime(values, usual),
    }


def _good(
    machines: list[Machine], shift: PlannedShift, good: float | None, *, now: datetime
) -> dict[str, Any]:
    pace = sum(1 / machine.pri_s for machine in machines if machine.pri_s)
    by_now, by_end = shift.elapsed(now)[1] * pace, shift.pbt_s * pace
    return {
        "ideal_pieces": by_now or None,
        "good_delta": pieces_to(good, by_now or None),
        "good_bar": analogue_bar(
            [(good or 0.0, "bar-value")],
            low=0,
            high=max(by_end, good or 0.0, 1.0),
            mark=by_now or None,
            title=f"Good pieces {pieces(good)}, {pieces(by_now)} at ideal speed by now, "
            f"scale to {pieces(by_end)} at the end of the shift",
        ),
    }


def _downtime(values: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """Downtime beside what the last seven days' share of planned busy time would have made."""
    lost, unassigned = values["downtime_min"] or 0.0, values["unassigned_min"] or 0.0
    share = (usual["downtime_min"] or 0.0) / usual["pbt_min"] if usual["pbt_min"] else None
    expected = None if share is None else share * values["pbt_min"]
    return {
        "downtime_bar": analogue_bar(
            [(lost - unassigned, "bar-value"), (unassigned, "bar-bad")],
            low=0,
            high=max(2 * (expected or 0.0), lost * 1.2, 1.0),
            mark=expected,
            title=_(
                "Downtime %(lost)s, %(unassigned)s of it without reason; at the last seven "
                "days' share it would be %(expected)s"
            )
            % {
                "lost": minutes(lost),
                "unassigned": minutes(unassigned),
                "expected": minutes(expected),
            },
        )
    }
