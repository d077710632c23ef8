"""From a known history to fitted members and what they say of shifts held back from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.ml.ensemble import answers_of
from analytics.ml.exceedance import LONG_MIN, Exceedance
from analytics.ml.features import features
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats, Ints, ShiftHistory, questions_of
from analytics.ml.leads import ahead_us
from analytics.ml.regressors import LEARNED, THIN, Regressor, Sample
from analytics.ml.sufficiency import is_learnable
from analytics.ml.thinning import evenly, thinned

Tell = Callable[[int, str], None]
SEED = 7
HELD_BACK, HELD_BACK_AT_LEAST = 0.2, 100
MOST_LEARNED, MOST_HELD_BACK = 24_000, 16_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Shifts asked for twice, at their start and ahead of it: `row` of the history for each."""

    row: Ints
    table: FeatureTable
    actual_min: Floats
    weight: Floats

    @property
    def rate(self) -> Floats:
        """Minutes per 480 planned."""
        return self.actual_min / self.table.column("planned_min") * 480.0

    def sample(self) -> Sample:
        """As the members learn from it."""
        return Sample(self.table, self.rate, self.weight)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Members with their answers on the shifts held back; `chance` is raw, None when unlearned."""

    members: dict[str, Regressor]
    exceedance: Exceedance | None
    answers: dict[str, Floats]
    chance: Floats | None


def learned_and_held_back(history: ShiftHistory, rows: Ints) -> tuple[Asked, Asked]:
    """The last fifth of the shifts is held back, up to half where they are few.

    Both parts are thinned when they are many.
    """
    start = history.start_us[rows]
    share = float(np.clip(HELD_BACK_AT_LEAST / len(rows), HELD_BACK, 0.5))
    border = np.quantile(start, 1 - share)
    before, after = rows[start < border], rows[start >= border]
    chosen, weight = thinned(history, before, MOST_LEARNED)
    held = evenly(after, MOST_HELD_BACK / max(1, len(after)))
    learn = _asked(history, chosen, weight, names=None)
    return learn, _asked(history, held, np.ones(len(held)), names=learn.table.names)


def fit_members(history: ShiftHistory, learn: Asked, held: Asked, tell: Tell) -> Fitted:
    """Every member of the pool that the history is long enough for."""
    learnable = is_learnable(history, np.unique(learn.row))
    pool = LEARNED if learnable else THIN
    sample, members = learn.sample(), {}
    for place, member in enumerate(pool):
        tell(15 + 60 * place // len(pool), f"learning: {member.label}")
        members[member.name] = member.fit(sample, seed=SEED)
    exceedance = None
    if learnable:
        exceedance = Exceedance.fit(sample, learn.actual_min >= LONG_MIN, seed=SEED)
    tell(80, "asking about shifts held back")
    chance = exceedance.chance(held.table) if exceedance else None
    return Fitted(members, exceedance, answers_of(members, held.table), chance)


def _asked(
    history: ShiftHistory, rows: Ints, weight: Floats, *, names: tuple[str, ...] | None
) -> Asked:
    row = np.concatenate([rows, rows])
    as_of = np.concatenate([history.start_us[rows], ahead_us(history, rows)])
    table = features(history, questions_of(history, row, as_of))
    used = _in_use(table) if names is None else [table.names.index(name) for name in names]
    table = FeatureTable(
        tuple(table.names[place] for place in used),
        tuple(table.factors[place] for place in used),
        np.ascontiguousarray(table.values[:, used]),
    )
    return Asked(row, table, history.downtime_min[row], np.concatenate([weight, weight]))


def _in_use(table: FeatureTable) -> list[int]:
    """Features that say something, and those that states, naive members and labels read."""
    known = np.isfinite(table.values).any(axis=0)
    return [
        place
        for place, factor in enumerate(table.factors)
        if known[place] or factor not in ("output", "process")
    ]
