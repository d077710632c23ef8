"""What the network sees of a past: its last worked days, its character, and the days to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Ints, Past
from analytics.forecasting.pool.scale import Scale
from analytics.forecasting.pool.weekdays import weekday_effects
from analytics.forecasting.series import HORIZON, Floats

STEPS = 56
"""Worked days that are read one by one."""
CLIP = 6.0
CHANNELS, CHARACTER, AHEAD = 10, 10, 11


@dataclass(frozen=True, slots=True)
class LstmInput:
    """`days` (n, STEPS, CHANNELS), `character` (n, CHARACTER), `ahead` (n, 30, AHEAD)."""

    days: Floats
    character: Floats
    ahead: Floats


def lstm_input(pasts: Sequence[Past], scales: Sequence[Scale]) -> LstmInput:
    """One row a past; closed days to come are rows of zeros in `ahead`."""
    days = np.zeros((len(pasts), STEPS, CHANNELS))
    character = np.zeros((len(pasts), CHARACTER))
    ahead = np.zeros((len(pasts), HORIZON, AHEAD))
    for row, (past, scale) in enumerate(zip(pasts, scales, strict=True)):
        known = past.known
        values = np.clip(scale.off(past.values[known]), -CLIP, CLIP)
        weekday = past.weekday[known]
        newest = values[-STEPS:]
        into = days[row, STEPS - len(newest) :]
        into[:, 0] = newest
        into[:, 1] = newest > scale.off(np.zeros(1))[0]
        into[:, 2] = 1
        into[np.arange(len(newest)), 3 + weekday[-STEPS:]] = 1
        character[row] = _character(values, scale)
        ahead[row, past.ahead] = _ahead(past, values, weekday)
    return LstmInput(days, character, ahead)


def _character(values: Floats, scale: Scale) -> Floats:
    hit = values > scale.off(np.zeros(1))[0]
    means = [values[-days:].mean() for days in (7, 28, 112)]
    return np.array(
        [
            *means,
            *np.quantile(values[-112:], (0.1, 0.5, 0.9)),
            values[-28:].std(),
            hit[-28:].mean(),
            hit.mean(),
            float(scale.kind == "steady"),
        ]
    )


def _ahead(past: Past, values: Floats, weekday: Ints) -> Floats:
    effects = weekday_effects(values, weekday)
    same = [values[weekday == day] for day in range(7)]
    last = np.array([one[-1] if one.size else values.mean() for one in same])
    mean = np.array([one[-4:].mean() if one.size else values.mean() for one in same])
    target = past.ahead_weekday
    found = np.zeros((len(target), AHEAD))
    found[:, 0] = (past.ahead + 1) / HORIZON
    found[:, 1] = effects[target]
    found[:, 2] = last[target]
    found[:, 3] = mean[target]
    found[np.arange(len(target)), 4 + target] = 1
    return found
