"""Open data as daily series: machines' downtime of Grid'5000 and LANL, plants' energy and load."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from analytics.forecasting.series import HORIZON, PLANT, DailySeries, Floats

DOWNTIME = "downtime_min"
LEAST_DAYS = 150
"""Shorter series have no last quarter with four origins."""
DAY_MIN = 1440.0


def grid5000(folder: Path, *, machines: int) -> list[DailySeries]:
    """Downtime minutes a day of a deterministic sample of machines, and of the sites' means."""
    spans = {
        row["machine"]: (
            _first_whole_day(row["observed_from"]),
            date.fromisoformat(row["observed_to"]),
        )
        for row in _rows(folder / "grid5000_machines.csv.gz")
    }
    minutes: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for row in _rows(folder / "grid5000_downtime_shifts.csv.gz"):
        day = date.fromisoformat(row["shift_start"][:10])
        minutes[row["machine"]][day] += float(row["downtime_min"])
    every = [_filled(name, minutes[name], first, end) for name, (first, end) in spans.items()]
    every = [one for one in every if len(one.values) >= LEAST_DAYS]
    return [*_sample(every, machines), *_sites(every)]


def lanl(folder: Path, *, system: str, machines: int) -> list[DailySeries]:
    """Downtime minutes a day of a system's machines and of the mean machine."""
    minutes: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for row in _rows(folder / "lanl_downtime_events.csv.gz"):
        begun, ended = (datetime.fromisoformat(row[name]) for name in ("start", "end"))
        for day, part in _by_day(begun, ended) if row["machine"].startswith(system) else ():
            held = minutes[row["machine"]]
            held[day] = min(DAY_MIN, held[day] + part)
    first = min(day for days in minutes.values() for day in days)
    last = max(day for days in minutes.values() for day in days)
    every = [_filled(name, days, first, last) for name, days in sorted(minutes.items())]
    return [*_sample(every, machines), _mean(every, system)]


def steel(folder: Path) -> list[DailySeries]:
    """A steel plant's energy, kWh a day."""
    rows = list(_rows(folder / "Steel_industry_data.csv"))
    values = np.array([float(row["Usage_kWh"]) for row in rows]).reshape(-1, 96).sum(axis=1)
    return [_series("steel", "energy_kwh", date(2018, 1, 1), values)]


def etth1(folder: Path) -> list[DailySeries]:
    """Daily means of a transformer's six loads and its oil temperature; whole days only."""
    rows = list(_rows(folder / "ETTh1.csv"))
    days = len(rows) // 24
    first = date.fromisoformat(rows[0]["date"][:10])
    return [
        _series(
            name,
            name.lower(),
            first,
            np.array([float(row[name]) for row in rows[: days * 24]]).reshape(-1, 24).mean(axis=1),
            lower=None,
        )
        for name in rows[0]
        if name != "date"
    ]


SETS: Mapping[str, Callable[[Path, int], list[DailySeries]]] = {
    "grid5000": lambda folder, machines: grid5000(folder, machines=machines),
    "lanl16": lambda folder, machines: lanl(folder, system="S16", machines=machines),
    "lanl18": lambda folder, machines: lanl(folder, system="S18", machines=machines // 4),
    "steel": lambda folder, _: steel(folder),
    "etth1": lambda folder, _: etth1(folder),
}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _first_whole_day(moment: str) -> date:
    return datetime.fromisoformat(moment).date() + timedelta(days=1)


def _by_day(start: datetime, end: datetime) -> Iterator[tuple[date, float]]:
    """The minutes of each day between two moments."""
    while start < end:
        midnight = datetime.combine(start.date() + timedelta(days=1), datetime.min.time())
        until = min(midnight, end)
        yield start.date(), (until - start).total_seconds() / 60
        start = until


def _filled(name: str, minutes: Mapping[date, float], first: date, end: date) -> DailySeries:
    """A day that is not listed had no downtime."""
    days = max(0, (end - first).days)
    values = np.array([minutes.get(first + timedelta(days=n), 0.0) for n in range(days)])
    return _series(name, DOWNTIME, first, np.minimum(values, DAY_MIN))


def _sample(every: list[DailySeries], count: int) -> list[DailySeries]:
    """Evenly spread over the list."""
    at = np.linspace(0, len(every) - 1, min(count, len(every))).round().astype(int)
    return [every[n] for n in at]


def _sites(every: Iterable[DailySeries]) -> list[DailySeries]:
    held: dict[str, list[DailySeries]] = defaultdict(list)
    for one in every:
        held[one.key.split("/")[0]].append(one)
    return [_mean(group, name) for name, group in sorted(held.items())]


def _mean(group: list[DailySeries], name: str) -> DailySeries:
    """The mean over the machines that are observed on a day, from when half of them are."""
    first, end = min(one.first_day for one in group), max(one.end_day for one in group)
    held = np.full((len(group), (end - first).days), np.nan)
    for row, one in zip(held, group, strict=True):
        begin = (one.first_day - first).days
        row[begin : begin + len(one.values)] = one.values
    seen = (~np.isnan(held)).sum(axis=0)
    start = int(np.argmax(seen >= len(group) / 2))
    values = np.nansum(held[:, start:], axis=0) / seen[start:]
    return _series(f"{PLANT}{name}", DOWNTIME, first + timedelta(days=start), values)


def _series(
    key: str, metric: str, first: date, values: Floats, *, lower: float | None = 0.0
) -> DailySeries:
    return DailySeries(
        key=key,
        metric=metric,
        first_day=first,
        values=values,
        is_open=np.ones(len(values) + 2 * HORIZON, dtype=bool),
        lower=lower,
    )
