"""How much history which member needs, and what is missing before there is any forecast.

Below 14 days nothing is forecast; from 14 on window averages and the linear trend; from 28 on
seasonal naive, ETS, TSB and the trees; from 56 on all.
"""

from __future__ import annotations

from datetime import date, timedelta

from analytics.forecasting.past import Past

LEAST_DAYS = 14
LEAST_KNOWN = 3
"""Worked days with a value, for a plant that works few days a week."""
GUARDED_DAYS = 28
"""From here on a backtest can compare with seasonal naive."""
ALL_DAYS = 56
"""From here on every member takes part."""


def is_enough(past: Past) -> bool:
    return past.days >= LEAST_DAYS and int(past.known.sum()) >= LEAST_KNOWN


def missing(past: Past, origin: date) -> tuple[tuple[str, ...], date | None]:
    """Sentences with have and need, and the first day on which they may be met; none, None."""
    sentences, known = [], int(past.known.sum())
    if past.days < LEAST_DAYS:
        sentences.append(
            f"A forecast needs {LEAST_DAYS} days of history; there are {past.days} days."
        )
    if known < LEAST_KNOWN:
        sentences.append(
            f"A forecast needs {LEAST_KNOWN} worked days with a value; there are {known}."
        )
    wait = max(LEAST_DAYS - past.days, LEAST_KNOWN - known)
    return tuple(sentences), origin + timedelta(days=wait) if sentences else None
