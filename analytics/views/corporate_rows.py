"""The rows of `/corporate/`: each plant against its target, the farthest below it first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from analytics.figures.gap import daily_line, gap, gap_axis, scale
from analytics.kpis.rollup import Sums, kpis
from analytics.selectors.corporate import PlantSums
from analytics.views.tiles import points_to

FAR_PTS = 5.0
STALE_S = 120.0
DAYS = 28

Daily = Mapping[str, Mapping[date, Sums]]


@dataclass(frozen=True, slots=True)
class Ratios:
    """What is compared: ratios 0..1, minutes, and the gap in points as it is printed."""

    oee: float | None
    target: float | None
    lost_min: float | None
    planned_min: float
    downtime_min: float | None
    good: float | None
    reason: str = ""

    @property
    def gap_pts(self) -> float | None:
        if self.oee is None or self.target is None:
            return None
        return round(round(self.oee * 100, 1) - round(self.target * 100, 1), 1)

    @property
    def gap(self) -> str:
        return "" if self.gap_pts is None else points_to(self.oee, self.target).removesuffix(" pts")

    @property
    def is_far(self) -> bool:
        return self.gap_pts is not None and self.gap_pts < -FAR_PTS


def ratios(sums: Sums, target: float | None) -> Ratios:
    figures = kpis(sums)
    oee, planned = figures["oee"], figures["pbt_min"]
    return Ratios(
        oee=oee,
        target=target,
        lost_min=None if oee is None else planned - sums.ideal_good_s / 60,
        planned_min=planned,
        downtime_min=figures["downtime_min"],
        good=figures["good_units"],
        reason=figures["reasons"].get("oee", ""),
    )


def all_plants(plants: Sequence[PlantSums]) -> Ratios:
    """Sums first, then the ratio; targets, where there are any, are weighted by minutes."""
    total = sum((one.sums for one in plants), Sums())
    aims = [(one.targets["oee"], one.sums.pbt_s) for one in with_target(plants)]
    planned_s = sum(seconds for _, seconds in aims)
    return ratios(total, sum(aim * s for aim, s in aims) / planned_s if planned_s else None)


def with_target(plants: Sequence[PlantSums]) -> list[PlantSums]:
    """Those that worked and say what they aim at: only their sum can be held against a target."""
    return [one for one in plants if one.sums.pbt_s and one.targets.get("oee")]


def plant_rows(plants: Sequence[PlantSums], daily: Daily, *, now: datetime) -> dict[str, Any]:
    """What the table and its figures show."""
    told = [(one, ratios(one.sums, one.targets.get("oee"))) for one in plants]
    told.sort(key=lambda pair: (pair[1].gap_pts is None, pair[1].gap_pts, pair[0].tenant.pk))
    days = {name: _daily_oee(cells) for name, cells in daily.items()}
    marks = scale([v for _, r in told for v in (r.oee, r.target) if v is not None])
    known = [v for cells in days.values() for v in cells.values() if v is not None]
    day_marks = scale([*known, *(r.target for _, r in told if r.target is not None)])
    calendar = sorted({day for cells in days.values() for day in cells})
    rows = []
    for one, figures in told:
        name, cells = one.tenant.tenant_name, days.get(one.tenant.schema_name, {})
        line = [cells.get(day) for day in calendar]
        rows.append(
            {
                "plant": one.tenant,
                "figures": figures,
                "days": line,
                "gap_figure": _gap_figure(name, figures, marks),
                "days_figure": _days_figure(name, line, figures, day_marks),
                **_clock(one, now),
            }
        )
    axis = gap_axis(marks, title=_("Scale of OEE, per cent"))
    return {"rows": rows, "axis": axis, "calendar": calendar, "marks": marks}


def found(rows: Sequence[Mapping[str, Any]]) -> str:
    """The finding in a sentence; nothing where no plant can be compared."""
    known = [row for row in rows if row["figures"].gap_pts is not None]
    if not known:
        return ""
    under = [row for row in known if row["figures"].gap_pts < 0]
    if not under:
        return _("Every plant with a target reaches it.")
    name, points = under[0]["plant"].tenant_name, -under[0]["figures"].gap_pts
    first = _("%(name)s is %(points).1f points under its target.")
    rest = _("%(under)d of %(all)d plants with a target are under it.")
    return f"{first % {'name': name, 'points': points}} " + rest % {
        "under": len(under),
        "all": len(known),
    }


def _daily_oee(cells: Mapping[date, Sums]) -> dict[date, float | None]:
    return {day: kpis(sums)["oee"] for day, sums in cells.items()}


def _clock(one: PlantSums, now: datetime) -> dict[str, Any]:
    """The plant's day is named where it is not that of the page; and how old its figures are."""
    there = now.astimezone(ZoneInfo(one.tenant.timezone)).date()
    age = None if one.published_at is None else (now - one.published_at).total_seconds()
    return {
        "is_other_day": there != now.astimezone(UTC).date(),
        "published_at": one.published_at,
        "age_s": age,
        "is_stale": age is None or age > STALE_S,
    }


def _gap_figure(name: str, figures: Ratios, marks: Sequence[float]) -> str:
    title = f"{name}: OEE {_said(figures.oee)}, {_('target')} {_said(figures.target)}"
    return gap(figures.oee, figures.target, marks, is_far=figures.is_far, title=title)


def _days_figure(
    name: str, line: Sequence[float | None], figures: Ratios, marks: Sequence[float]
) -> str:
    newest = next((v for v in reversed(line) if v is not None), None)
    title = f"{name}: {_('OEE by day, newest')} {_said(newest)}"
    return daily_line(line, figures.target, marks, title=title)


def _said(value: float | None) -> str:
    return _("unknown") if value is None else f"{value * 100:.1f}\u00a0%"
