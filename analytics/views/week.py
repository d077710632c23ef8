"""The last seven plant days: good pieces a day against ideal speed, and OEE by machine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.kpis.rollup import kpis
from analytics.selectors import KpiSums
from analytics.templatetags.figures import percent
from production.figures.bars import compared, day_columns
from production.models import Machine
from production.shopfloor.window import Window

DAYS = 7


def week(machines: list[Machine], days: KpiSums, *, now: datetime, timezone: str) -> dict[str, Any]:
    """`days` are the sums of the window by day."""
    window = Window.of_days(DAYS, now=now, timezone=timezone)
    first = (window.dates or (now.astimezone(ZoneInfo(timezone)).date(),))[0]
    pace = sum(1 / machine.pri_s for machine in machines if machine.pri_s) / len(machines)
    made = dict(days.groups or [])
    rows = []
    for n in range(DAYS):
        day = first + timedelta(days=n)
        sums = made.get(day.isoformat())
        good = kpis(sums)["good_units"] if sums else None
        rows.append({"day": day, "good": good, "ideal": sums.pbt_s * pace if sums else None})
    ranked = sorted(
        ((m.machine_name, kpis(sums)["oee"]) for m, sums in days.machines),
        key=lambda row: (row[1] is None, row[1]),
    )
    whole = [row for row in rows[:-1] if row["good"] is not None]
    return {
        "days": rows,
        "best_day": max(whole, key=lambda row: row["good"], default=None),
        "trend": day_columns(
            [(_label(row["day"]), row["good"], row["ideal"]) for row in rows],
            title="Good pieces of each of the last seven days against ideal speed",
        ),
        "compared": compared(
            [(name, oee, percent(oee)) for name, oee in ranked],
            title="OEE of each machine over the last seven days",
        ),
        "ranked": ranked,
        "week": kpis(days.total),
    }


def _label(day: date) -> str:
    return f"{day:%a} {day.day}"
