"""The picture of a forecast and its key figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from analytics.figures.bands import DayBand, DayValue, forecast_bands
from analytics.selectors.findings import forecast_found
from analytics.selectors.outlook_shapes import (
    LEVELS,
    Ahead,
    ForecastOutlook,
    Measured,
    Total,
)
from analytics.templatetags.predictions import with_unit

PAST_DAYS = 28
TEASER_HEIGHT = 190


def figure_of(outlook: ForecastOutlook, name: str) -> dict[str, Any]:
    found = forecast_found(outlook)
    coming = _coming(outlook.dates, outlook.quantiles, outlook.closed)
    past = _past(outlook.history, PAST_DAYS)
    return {
        "found": found,
        "figure": forecast_bands(
            past, coming, is_ratio=outlook.unit == "%", title=f"{name}: {found}"
        ),
        "past_rows": list(reversed(outlook.history[-PAST_DAYS:])),
        "cards": [_card(total, outlook) for total in outlook.totals],
    }


def teaser_of(ahead: Ahead) -> dict[str, Any]:
    """The overview's small picture: as many days back as ahead."""
    coming = _coming(ahead.dates, ahead.quantiles, ahead.closed)
    past = _past(ahead.history, len(coming))
    title = _("Downtime of the last and the next days: %(median)s predicted") % {
        "median": with_unit(ahead.total.median, "min")
    }
    return {
        "total": ahead.total,
        "figure": forecast_bands(past, coming, is_ratio=False, title=title, height=TEASER_HEIGHT),
        "past": past,
        "coming": coming,
    }


def _coming(
    dates: Sequence[date],
    quantiles: Mapping[str, Sequence[float | None]],
    closed: Mapping[date, str],
) -> list[DayBand]:
    lo95, lo80, median, hi80, hi95 = (quantiles[level] for level in LEVELS)
    return [
        DayBand(
            day, median[n], lo80[n], hi80[n], lo95[n], hi95[n],
            is_open=day not in closed, closed=closed.get(day, ""),
        )
        for n, day in enumerate(dates)
    ]  # fmt: skip


def _past(history: Sequence[Measured], days: int) -> list[DayValue]:
    """A closed day is a gap, whatever was recorded on it."""
    return [DayValue(one.day, one.value if one.is_open else None) for one in history[-days:]]


def _card(total: Total, outlook: ForecastOutlook) -> dict[str, Any]:
    """Today, the next 7 or the next 30 days, beside as many days before."""
    until = outlook.dates[: total.days]
    named = [day for day in until if outlook.closed.get(day)]
    return {"total": total, "day": outlook.origin, "closed": named[:3]}
