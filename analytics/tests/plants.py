"""Plants with made-up stops, cut into shifts as derivation would cut them."""

from __future__ import annotations

import numpy as np

from analytics.ml.history import ShiftHistory

HOUR_US = 3_600_000_000
SHIFT_US = 8 * HOUR_US
EPOCH_US = 1_700_006_400_000_000  # a Wednesday, 00:00 UTC


def plant(
    machines: int = 4, shifts: int = 120, *, seed: int = 7, with_intervals: bool = True,
    signals: tuple[str, ...] = ("temperature",),
) -> ShiftHistory:  # fmt: skip
    """Each machine has stops of lognormal length; machines of a higher number stop more often."""
    draw = np.random.default_rng(seed)
    down = [_stops_of(draw, number, shifts) for number in range(machines)]
    down_machine = np.repeat(np.arange(machines), [len(one) for one in down])
    intervals = np.concatenate([np.zeros((0, 2), np.int64), *down])
    minutes, begun = _cut(down, shifts)
    machine = np.repeat(np.arange(machines), shifts)
    place = np.tile(np.arange(shifts), machines)
    units = draw.integers(200, 400, machines * shifts).astype(float)
    rows = machines * shifts
    none = np.zeros(0, np.int64)
    return ShiftHistory(
        machines=tuple(f"M{number:03}" for number in range(machines)),
        shift_names=("Night", "Day", "Evening"), machine=machine, shift=place % 3,
        weekday=(2 + place // 3) % 7, start_us=EPOCH_US + place * SHIFT_US,
        end_us=EPOCH_US + (place + 1) * SHIFT_US, planned_min=np.full(rows, 480.0),
        downtime_min=minutes.ravel(), stops=begun.ravel(), units=units,
        defective=draw.binomial(10, 0.1, rows).astype(float), quality=draw.uniform(0.9, 1, rows),
        efficiency=draw.uniform(0.7, 1, rows), maintenance_min=np.zeros(rows), signals=signals,
        signal_stats=draw.normal(60, 2, (rows, len(signals), 3)),
        down_machine=down_machine if with_intervals else none,
        down_start_us=intervals[:, 0] if with_intervals else none,
        down_end_us=intervals[:, 1] if with_intervals else none,
    )  # fmt: skip


def _stops_of(draw: np.random.Generator, number: int, shifts: int) -> np.ndarray:
    """(stop, begin and end), not touching one another."""
    stops, now, end = [], EPOCH_US, EPOCH_US + shifts * SHIFT_US
    while True:
        now += int(draw.exponential(60 / (1 + number % 5)) * HOUR_US) + HOUR_US // 60
        until = now + int(draw.lognormal(4, 1.2) * HOUR_US / 60) + 1
        if until >= end:
            return np.array(stops, np.int64).reshape(-1, 2)
        stops.append((now, until))
        now = until


def _cut(down: list[np.ndarray], shifts: int) -> tuple[np.ndarray, np.ndarray]:
    starts = EPOCH_US + np.arange(shifts) * SHIFT_US
    minutes, begun = np.zeros((len(down), shifts)), np.zeros((len(down), shifts))
    for number, stops in enumerate(down):
        for start, end in stops:
            overlap = np.minimum(end, starts + SHIFT_US) - np.maximum(start, starts)
            minutes[number] += np.maximum(overlap, 0) * 60 / HOUR_US
            begun[number] += (starts <= start) & (start < starts + SHIFT_US)
    return minutes, begun
