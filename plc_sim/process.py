"""Process signals: first-order lags towards a level of the state, plus noise of seed and time."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from plc_sim.kinds import EXECUTE, HELD, STARTING, SUSPENDED, Kind
from plc_sim.timetable import DAY, HOUR, SECOND

Floats = npt.NDArray[np.float64]
Micros = npt.NDArray[np.int64]
Levels = tuple[float, float, float, float]

# Lag of temperature, vibration, pressure, power in microseconds.
_LAGS = (1500.0 * SECOND, 6.0 * SECOND, 12.0 * SECOND, 4.0 * SECOND)
# Noise of each signal over 15 min, over 20 s and from one second to the next: temperature in °C,
# the others as a share of their level.
_PERIODS = (900 * SECOND, 20 * SECOND, SECOND)
_NOISE = np.array(
    [[0.7, 0.12, 0.05], [0.06, 0.04, 0.03], [0.008, 0.005, 0.003], [0.03, 0.03, 0.015]]
)
_TRAIL = 4096


@dataclass(slots=True)
class Trail:
    """The levels one machine's signals run towards since each change of its state."""

    kind: Kind
    key: int
    times: list[int] = field(default_factory=list)
    origins: list[Levels] = field(default_factory=list)
    targets: list[Levels] = field(default_factory=list)

    def turn(self, t: int, state: int, wear: float, pace: float) -> None:
        """From now on the signals run towards the levels of this state."""
        target = _levels(self.kind, state, wear, pace)
        origin = self._clean_at(t) if self.times else target
        if self.times and self.times[-1] == t:
            self.targets[-1] = target
            return
        if len(self.times) >= _TRAIL:
            for column in (self.times, self.origins, self.targets):
                del column[: _TRAIL // 2]
        self.times.append(t)
        self.origins.append(origin)
        self.targets.append(target)

    def values(self, times: Micros, drift: Floats) -> Floats:
        """The four signals (rows) at the given instants, which must be ascending."""
        first = max(bisect_right(self.times, int(times[0])) - 1, 0)
        last = max(bisect_right(self.times, int(times[-1])), first + 1)
        starts = np.array(self.times[first:last], dtype=np.int64)
        place = np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)
        origin = np.array(self.origins[first:last]).T[:, place]
        target = np.array(self.targets[first:last]).T[:, place]
        age = np.maximum(times - starts[place], 0)
        clean = target + (origin - target) * np.exp(-age[None, :] / np.array(_LAGS)[:, None])
        scale = np.vstack([np.ones(len(times)), clean[1:]])
        values = clean + scale * _noise(self.key, times)
        values[0] += 2.5 * np.sin((times % DAY - 9 * HOUR) * (2 * np.pi / DAY)) + 7.0 * drift
        values[1] += 4.2 * drift
        rounded: Floats = np.round(np.maximum(values, 0.0), 4)
        return rounded

    def _clean_at(self, t: int) -> Levels:
        age = t - self.times[-1]
        a, b, c, d = (
            target + (origin - target) * math.exp(-age / lag)
            for origin, target, lag in zip(self.origins[-1], self.targets[-1], _LAGS, strict=True)
        )
        return (a, b, c, d)


def _levels(kind: Kind, state: int, wear: float, pace: float) -> Levels:
    """Where the signals settle in a state: a worn machine runs hotter and shakes more."""
    if state == EXECUTE:
        return (
            21.0 + kind.heat_c * (0.6 + 0.4 * pace) + 13.0 * wear * wear,
            kind.vibration[0] * (0.5 + 0.5 * pace) + 1.9 * wear * wear,
            kind.pressure[0] * (1.0 - 0.03 * wear),
            kind.power[0] * (0.45 + 0.55 * pace) * (1.0 + 0.08 * wear),
        )
    waiting = 0.5 if state in (HELD, SUSPENDED, STARTING) else 0.25
    idle_power = kind.power[1] * (1.0 if waiting == 0.5 else 0.6)
    return (21.0 + kind.heat_c * waiting, kind.vibration[1], kind.pressure[1], idle_power)


def _noise(key: int, times: Micros) -> Floats:
    """Value noise in three octaves for the four signals: the same seed and time, the same noise."""
    total = np.zeros((len(_NOISE), len(times)))
    for octave, period in enumerate(_PERIODS):
        cell, rest = np.divmod(times, period)
        way = rest / period
        way = way * way * (3.0 - 2.0 * way)
        left, right = _dice(key, octave, cell), _dice(key, octave, cell + 1)
        total += _NOISE[:, octave : octave + 1] * (left + (right - left) * way)
    return total


def _dice(key: int, octave: int, cell: Micros) -> Floats:
    """Uniform numbers in [-1, 1) by splitmix64 of (key, signal, octave, cell)."""
    salt = np.arange(len(_NOISE), dtype=np.uint64)[:, None] * np.uint64(4) + np.uint64(octave)
    x = cell.astype(np.uint64)[None, :] * np.uint64(0x9E3779B97F4A7C15)
    x = x ^ ((salt + np.uint64(key)) * np.uint64(0xD1342543DE82EF95))
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x = x ^ (x >> np.uint64(31))
    return (x >> np.uint64(11)).astype(np.float64) * (2.0 / (1 << 53)) - 1.0
