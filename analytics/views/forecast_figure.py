"""The picture of a forecast and its key figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from analytics.figures.bands import DayBand, DayValue, axis_marks, forecast_bands
from analytics.selectors.day_bands import coming_days, past_days, unusual_days
from analytics.selectors.findings import forecast_found
from analytics.selectors.outlook_shapes import Ahead, ForecastOutlook, Total
from analytics.templatetags.predictions import from_to, with_unit

PAST_DAYS = 28
TEASER_HEIGHT = 190


def figure_of(outlook: ForecastOutlook, name: str) -> dict[str, Any]:
    found = forecast_found(outlook)
    coming = coming_days(outlook.dates, outlook.quantiles, outlook.closed)
    past = past_days(outlook.history, PAST_DAYS)
    return {
        "found": found,
        "figure": forecast_bands(
            past, coming, is_ratio=outlook.unit == "%", title=f"{name}: {found}"
        ),
        "axis_from": axis_marks(past, coming)[0],
        "said_days": [*(_said(one, outlook.unit) for one in past), *_coming_said(coming, outlook)],
        "past_rows": list(reversed(outlook.history[-PAST_DAYS:])),
        "cards": [_card(total, outlook) for total in _totals(outlook)],
    }


def _said(one: DayValue, unit: str) -> dict[str, Any]:
    """What the cursor tells of a day before the origin."""
    return {
        "said": f"{_day(one.day)}: {with_unit(one.value, unit)} {_('measured')}",
        "first": False,
    }


def _coming_said(coming: Sequence[DayBand], outlook: ForecastOutlook) -> list[dict[str, Any]]:
    """What the cursor tells of the days to come; it begins at the first."""
    unit, told = outlook.unit, []
    for n, band in enumerate(coming):
        ends = from_to(band.lo80, band.hi80, unit)
        words = f"{with_unit(band.median, unit)} {_('predicted')}, 80\u00a0% {ends}"
        shut = band.closed or _("no shift")
        told.append(
            {"said": f"{_day(band.day)}: {words if band.is_open else shut}", "first": n == 0}
        )
    return told


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def teaser_of(ahead: Ahead) -> dict[str, Any]:
    """The overview's small picture: as many days back as ahead."""
    coming = coming_days(ahead.dates, ahead.quantiles, ahead.closed)
    past = past_days(ahead.history, len(coming))
    title = _("Downtime of the last and the next days: %(median)s predicted") % {
        "median": with_unit(ahead.total.median, "min")
    }
    return {
        "total": ahead.total,
        "figure": forecast_bands(past, coming, is_ratio=False, title=title, height=TEASER_HEIGHT),
        "past": past,
        "coming": coming,
    }


def _totals(outlook: ForecastOutlook) -> list[Total]:
    """Shortest first; today is the first day itself, where it is worked."""
    totals = sorted(one for one in outlook.totals if one.days > 1)
    median, low, high = (outlook.quantiles[level][0] for level in ("0.5", "0.1", "0.9"))
    if median is None or low is None or high is None or outlook.origin in outlook.closed:
        return totals
    before = outlook.history[-1].value if outlook.history else None
    return [Total(1, median, low, high, before), *totals]


def _card(total: Total, outlook: ForecastOutlook) -> dict[str, Any]:
    """Today, the next 7 or the next 30 days, beside as many days before."""
    until = unusual_days(outlook.dates[: total.days], outlook.closed)
    named = [day for day, why in until.items() if why]
    return {"total": total, "day": outlook.origin, "closed": named[:3]}
