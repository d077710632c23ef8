"""What earns a forecast its trust: each model's backtest, and the last weeks of our own record."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from analytics.figures.bars import against_bar, weight_bar
from analytics.figures.dumbbell import Week, dumbbell
from analytics.figures.frame import per_cent, short
from analytics.figures.names import spoken
from analytics.selectors.findings import members_found, weeks_found
from analytics.selectors.outlook_shapes import ForecastOutlook, Member, WeekScore
from analytics.templatetags.predictions import change

IN_80, IN_95 = (0.75, 0.88), (0.92, 0.985)
"""The shares of days that a band may hold and still keep its word."""


def record_of(outlook: ForecastOutlook) -> dict[str, Any]:
    known = [one.against_naive for one in outlook.members if one.against_naive is not None]
    reach = (min(known, default=0.0), max(known, default=0.0))
    return {
        "members": [_member(one, reach) for one in outlook.members],
        "members_found": members_found(outlook),
        **_weeks(outlook),
    }


def _member(one: Member, reach: tuple[float, float]) -> dict[str, Any]:
    title = _("%(name)s against seasonal naive: %(change)s") % {
        "name": spoken(one.name),
        "change": change(one.against_naive),
    }
    weight = _("Weight of %(name)s") % {"name": spoken(one.name)}
    return {
        "member": one,
        "weight_bar": weight_bar(one.weight, title=weight) if one.weight else "",
        "bar": against_bar(one.against_naive, reach=reach, serves=one.serves, title=title),
        "is_off_80": _is_off(one.in_80, IN_80),
        "is_off_95": _is_off(one.in_95, IN_95),
    }


def _is_off(share: float | None, band: tuple[float, float]) -> bool:
    return share is not None and not band[0] <= round(share, 2) <= band[1]


def _weeks(outlook: ForecastOutlook) -> dict[str, Any]:
    weeks, found = outlook.weeks, weeks_found(outlook.weeks)
    is_ratio = outlook.unit == "%"
    drawn = dumbbell(
        [Week(one.label, one.mae, one.naive_mae, one.in_80, one.days) for one in weeks],
        unit=_("MAE, %(unit)s a day") % {"unit": _("points") if is_ratio else outlook.unit},
        title=found,
        say=per_cent if is_ratio else short,
    )
    ours, naive = _mean(weeks, "mae"), _mean(weeks, "naive_mae")
    return {
        "weeks": weeks,
        "weeks_found": found,
        "weeks_figure": drawn if weeks else "",
        "weeks_lost": [one.label for one in weeks if one.naive_mae < one.mae],
        "mae": ours,
        "naive_mae": naive,
        "skill": ours / naive - 1 if ours is not None and naive else None,
    }


def _mean(weeks: list[WeekScore], name: str) -> float | None:
    """Weeks count by their days."""
    days = sum(one.days for one in weeks)
    return sum(getattr(one, name) * one.days for one in weeks) / days if days else None
