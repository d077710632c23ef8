"""What is to come and what is odd at the invented plant."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from analytics.figures.bands import DayBand, DayValue
from reports.document.outlook import (
    Member,
    MetricForecast,
    ModelRow,
    Oddities,
    Oddity,
    OddTimeline,
)

METRICS = (
    ("downtime_min", "Downtime", "min", 183.0),
    ("good_units", "Good pieces", "pieces", 85_400.0),
    ("defect_rate", "Defect rate", "%", 0.0129),
    ("oee", "OEE", "%", 0.829),
)


def forecasts(origin: date, count: int = 30) -> tuple[MetricForecast, ...]:
    return tuple(_forecast(origin, count, *metric) for metric in METRICS)


def _forecast(
    origin: date, count: int, metric: str, label: str, unit: str, usual: float
) -> MetricForecast:
    past = [
        DayValue(origin - timedelta(days=n), usual * (1 + (n * 5 % 7 - 3) / 20))
        for n in range(28, 0, -1)
    ]
    coming = []
    for n in range(count):
        day, middle = origin + timedelta(days=n), usual * (1 + (n % 7 - 3) / 40)
        spans = [middle * (1 + k) for k in (0, -0.15, 0.18, -0.25, 0.3)]
        is_closed = n == 7
        coming.append(
            DayBand(day, *([None] * 5 if is_closed else spans), is_open=not is_closed,
                    closed="Thanksgiving" if is_closed else "")
        )  # fmt: skip
    medians = [band.median for band in coming]
    return MetricForecast(
        metric=metric, label=label, unit=unit, past=tuple(past), coming=tuple(coming),
        served="Combined",
        sentences=("The combination serves: over 8 weeks its error was 23\u00a0% below seasonal "
                   "naive.",),
        members=(
            Member(name="Combined", weight=1.0, against_naive=-0.23, serves=True,
                   values=tuple(medians)),
            Member(name="LSTM", weight=0.3, against_naive=-0.17,
                   values=tuple(m and m * 1.04 for m in medians)),
            Member(name="Prophet", weight=0.2, against_naive=-0.11,
                   values=tuple(m and m * 0.95 for m in medians)),
            Member(name="Seasonal naive 7", against_naive=0.0,
                   values=tuple(m and m * 1.01 for m in medians)),
        ),
    )  # fmt: skip


def oddities(start: datetime, names: dict[str, str]) -> Oddities:
    rows = tuple(
        Oddity(
            machine_id="M002", machine_name=names["M002"], start=start + timedelta(hours=hour),
            end=start + timedelta(hours=hour + 1), score=0.91 - hour / 100,
            sentence="Temperature was 71.2\u00a0°C", expected="58.0 to 66.5\u00a0°C",
            status="open",
        )
        for hour in (14, 3)
    )  # fmt: skip
    timelines = []
    for machine_id, name in names.items():
        points = tuple(
            (
                (start + timedelta(hours=hour)).timestamp(),
                0.9 if machine_id == "M002" and hour in (3, 14) else 0.2 + hour % 5 / 20,
                machine_id == "M002" and hour in (3, 14),
            )
            for hour in range(24)
        )
        timelines.append(OddTimeline(machine_id=machine_id, machine_name=name, points=points))
    return Oddities(rows=rows, timelines=tuple(timelines), threshold=0.7)


def models(start: datetime) -> tuple[ModelRow, ...]:
    tasks = (("Downtime of the next shift", 7, 14.2, 17.3, "min"),
             ("Daily forecasts", 4, 0.77, 1.0, ""), ("Anomalies", 3, None, None, ""))  # fmt: skip
    return tuple(
        ModelRow(task=task, number=number, trained_at=start - timedelta(days=2), history_days=212,
                 error=error, naive_error=naive, unit=unit, why="better than what served before")
        for task, number, error, naive, unit in tasks
    )  # fmt: skip
