"""A made-up plant of any size for measuring what training costs: shifts, stops and daily series."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.series import HORIZON, PLANT, DailySeries
from analytics.ml.history import Floats, Ints, ShiftHistory

HOUR_US = 3_600_000_000
SHIFT_US = 8 * HOUR_US
FIRST_DAY = date(2024, 1, 1)  # a Monday
EPOCH_US = (FIRST_DAY - date(1970, 1, 1)).days * 24 * HOUR_US
SIGNALS = ("temperature", "vibration", "pressure", "power")
SEED = 7
PER_SHIFT = 480.0


def made_up_plant(*, machines: int, shifts: int) -> ShiftHistory:
    """Three shifts a day. Every machine has stops of lognormal length at a rate of its own, which
    swings slowly; pieces and signals follow the minutes run.
    """
    draw = np.random.default_rng(SEED)
    down = [_stops(draw, shifts) for _ in range(machines)]
    minutes, begun = (
        np.concatenate(part) for part in zip(*(_cut(one, shifts) for one in down), strict=True)
    )
    rows = machines * shifts
    place = np.tile(np.arange(shifts, dtype=np.int64), machines)
    ran = 1 - minutes / PER_SHIFT
    units = np.round(500 * ran * draw.uniform(0.85, 0.97, rows))
    defective = draw.binomial(units.astype(np.int64), 0.02).astype(float)
    wear = np.convolve(minutes, np.ones(9) / 9, mode="same")[:, None, None]
    stats = 60 + 0.05 * wear + draw.normal(0, 2, (rows, len(SIGNALS), 3))
    intervals = np.concatenate(down)
    return ShiftHistory(
        machines=tuple(f"M{number:04d}" for number in range(machines)),
        shift_names=("Day", "Evening", "Night"),
        machine=np.repeat(np.arange(machines, dtype=np.int64), shifts), shift=place % 3,
        weekday=place // 3 % 7, start_us=EPOCH_US + place * SHIFT_US,
        end_us=EPOCH_US + (place + 1) * SHIFT_US, planned_min=np.full(rows, PER_SHIFT),
        downtime_min=minutes, stops=begun, units=units, defective=defective,
        quality=1 - defective / np.maximum(units, 1),
        efficiency=np.where(ran > 0, units / 500 / np.maximum(ran, 1e-9), np.nan),
        maintenance_min=np.zeros(rows), signals=SIGNALS, signal_stats=stats,
        down_machine=np.repeat(np.arange(machines), [len(one) for one in down]),
        down_start_us=intervals[:, 0], down_end_us=intervals[:, 1],
    )  # fmt: skip


def daily_series_of(history: ShiftHistory) -> list[DailySeries]:
    """Downtime, pieces, defect rate and OEE of each machine and of the plant, whole days only."""
    machines = len(history.machines)
    days = len(history) // machines // 3

    def by_day(column: Floats) -> Floats:
        whole = column.reshape(machines, -1)[:, : 3 * days].reshape(machines, days, 3).sum(axis=2)
        return np.vstack([whole, whole.sum(axis=0)])

    down, units, bad = (
        by_day(column) for column in (history.downtime_min, history.units, history.defective)
    )
    planned = by_day(history.planned_min)
    metrics = {
        "downtime_min": (down, None, True),
        "units_produced": (units, None, True),
        "defect_rate": (bad / np.maximum(units, 1), 1.0, False),
        "oee": ((units - bad) / (500 * planned / PER_SHIFT), None, False),
    }
    return [
        DailySeries(
            key=key, metric=metric, first_day=FIRST_DAY, values=values,
            is_open=np.ones(days + HORIZON, dtype=bool), upper=upper, additive=additive,
        )
        for metric, (table, upper, additive) in metrics.items()
        for key, values in zip((*history.machines, PLANT), table, strict=True)
    ]  # fmt: skip


def _stops(draw: np.random.Generator, shifts: int) -> Ints:
    """(stop, begin and end) in microseconds, in order, not touching."""
    mean_h = draw.uniform(12, 90)
    count = int(shifts * 8 / mean_h * 3) + 20
    swing = 1 + 0.6 * np.sin(np.arange(count) / draw.uniform(5, 20))
    between = draw.exponential(mean_h, count) * swing * HOUR_US + HOUR_US // 60
    length = np.minimum(draw.lognormal(3.4, 1.2, count), 2880) * HOUR_US / 60 + 1
    ends = np.cumsum(between + length).astype(np.int64)
    stops = EPOCH_US + np.column_stack([ends - length.astype(np.int64), ends])
    kept: Ints = stops[stops[:, 1] < EPOCH_US + shifts * SHIFT_US]
    return kept


def _cut(stops: Ints, shifts: int) -> tuple[Floats, NDArray[np.float64]]:
    """Minutes down and stops begun of each shift."""
    borders = EPOCH_US + np.arange(shifts + 1, dtype=np.int64) * SHIFT_US
    length = (stops[:, 1] - stops[:, 0]).astype(float)
    before = np.concatenate([[0.0], np.cumsum(length)])
    ended = np.searchsorted(stops[:, 1], borders, side="right")
    running = np.clip(borders - stops[np.minimum(ended, len(stops) - 1), 0], 0, None)
    down = before[ended] + np.where(ended < len(stops), running, 0)
    begun = np.diff(np.searchsorted(stops[:, 0], borders)).astype(float)
    return np.diff(down) / HOUR_US * 60, begun
