"""What is to come: the next shift, the daily forecasts, and what is missing for either."""

from __future__ import annotations

from dataclasses import dataclass

from reports.document.outlook import MetricForecast, NextShift
from reports.document.rows import ForecastRow
from reports.selectors.content.forecasts import forecasts_of, total_sentence
from reports.selectors.content.next_shift import next_shift_of
from reports.selectors.content.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCome:
    """`sentence` is the one of the first page; `missing` says why by chapter."""

    next_shift: NextShift | None
    sentence: str
    forecasts: tuple[MetricForecast, ...]
    rows: tuple[ForecastRow, ...]
    missing: dict[str, str]


def chapters_to_come(sheet: Sheet) -> ToCome:
    next_shift, no_shift = next_shift_of(sheet)
    forecasts, rows, no_forecast = forecasts_of(sheet)
    missing = {"next_shift": no_shift, "forecasts": no_forecast}
    return ToCome(
        next_shift=next_shift,
        sentence=total_sentence(sheet) or no_forecast,
        forecasts=forecasts,
        rows=rows,
        missing={chapter: why for chapter, why in missing.items() if why},
    )
