"""Rows of the invented day: shifts, days, records, stops, forecasts and what is wrong with data."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from reports.document.rows import ForecastRow, Gap, Record, StopRow
from reports.document.sums import DaySums, ShiftSums

SHIFTS = ("Early", "Late", "Night")
REASONS = ("Jam at infeed", "Film break", "No material", "Sensor fault", "")


def shifts(day: date) -> tuple[ShiftSums, ...]:
    """Their pieces and minutes add up to the day's."""
    rows = (
        (29_310.0, 28_905.0, 58.0, 0.838),
        (28_700.0, 28_290.0, 71.0, 0.821),
        (29_103.0, 28_785.0, 85.0, 0.815),
    )
    return tuple(
        ShiftSums(day=day, shift=name, produced=produced, good=good, scrap=produced - good,
                  downtime_min=minutes, oee=oee)
        for name, (produced, good, minutes, oee) in zip(SHIFTS, rows, strict=True)
    )  # fmt: skip


def days(last: date, count: int = 28) -> tuple[DaySums, ...]:
    told = []
    for n in range(count - 1, -1, -1):
        day, minutes = last - timedelta(days=n), 214.0 if n == 0 else 150.0 + 23 * (n * 5 % 7)
        told.append(DaySums(day=day, downtime_min=minutes, oee=0.82 + n % 5 / 100, good=85_000.0))
    return tuple(told)


def records(day: date, names: dict[str, str], *, count: int) -> tuple[Record, ...]:
    ids = list(names)
    return tuple(
        Record(
            production_date=day - timedelta(days=n // (3 * len(ids))), shift=SHIFTS[n % 3],
            machine_id=ids[n // 3 % len(ids)], machine_name=names[ids[n // 3 % len(ids)]],
            units_produced=9_700.0 + n, good_units=9_560.0 + n, defective_units=140.0,
            downtime_min=23.0 + n / 7, pbt_min=450.0, apt_min=407.25, oee=0.8248 - n / 10_000,
            source="derived",
        )
        for n in range(count)
    )  # fmt: skip


def stops(start: datetime, names: dict[str, str], *, count: int) -> tuple[StopRow, ...]:
    ids = list(names)
    return tuple(
        StopRow(
            machine_id=ids[n % len(ids)], machine_name=names[ids[n % len(ids)]],
            start=start + timedelta(minutes=53 * n), minutes=4.0 + n % 9,
            end=start + timedelta(minutes=53 * n + 4 + n % 9), state="Aborted",
            reason=REASONS[n % 5], category="Failure" if n % 5 < 4 else "",
        )
        for n in range(count)
    )  # fmt: skip


def forecast_rows(first: date, count: int = 30) -> tuple[ForecastRow, ...]:
    return tuple(
        ForecastRow(
            metric="downtime_min", machine_id="", day=first + timedelta(days=n), median=183.25 + n,
            lo80=120.5, hi80=260.75 + n, lo95=90.0, hi95=330.0 + n, unit="min", served="model",
        )
        for n in range(count)
    )  # fmt: skip


def gaps(start: datetime) -> tuple[Gap, ...]:
    at = start + timedelta(hours=20, minutes=16)
    return (
        Gap(machine_name="Filler 2", signal="state", kind="gap", start=at,
            end=at + timedelta(minutes=14)),
        Gap(machine_name="Assembly 1", signal="total", kind="counter reset",
            start=at - timedelta(hours=4), end=None, samples=1),
    )  # fmt: skip
