"""From a known history to fitted members and what they say of shifts held back from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analytics.ml.ensemble import Ensemble, answers_of
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
MOST_LEARNED, MOST_LEARNED_AHEAD, MOST_HELD_BACK = 16_000, 8_000, 40_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Shifts asked for, each `row` of the history once; `weight` is how many each stands for."""

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

    def of(self, names: tuple[str, ...]) -> Asked:
        """The same shifts with some of the features."""
        return replace(self, table=self.table.of(names))


@dataclass(frozen=True, slots=True)
class Fitted:
    """Members with their answers on the shifts held back; `chance` is raw, None when unlearned."""

    members: dict[str, Regressor]
    exceedance: Exceedance | None
    answers: dict[str, Floats]
    chance: Floats | None


def learned_and_held_back(history: ShiftHistory, rows: Ints, *, ahead: bool) -> tuple[Asked, Asked]:
    """The last fifth of the shifts is held back, up to half where they are few.

    Both parts are thinned when they are many. `ahead` asks before the shifts start.
    """
    start = history.start_us[rows]
    share = float(np.clip(HELD_BACK_AT_LEAST / len(rows), HELD_BACK, 0.5))
    border = np.quantile(start, 1 - share)
    before, after = rows[start < border], rows[start >= border]
    held = evenly(after, MOST_HELD_BACK / max(1, len(after)))
    learn = asked(history, before, ahead=ahead)
    return learn, _asked(history, held, np.ones(len(held)), ahead=ahead).of(learn.table.names)


def asked(history: ShiftHistory, rows: Ints, *, ahead: bool) -> Asked:
    """Shifts to learn from, with the features that say something of them."""
    chosen, weight = thinned(history, rows, MOST_LEARNED_AHEAD if ahead else MOST_LEARNED)
    held = _asked(history, chosen, weight, ahead=ahead)
    return held.of(_in_use(held.table))


def fit_members(learn: Asked, held: Asked, tell: Tell) -> Fitted:
    """Every member of the pool that the shifts are enough for."""
    learnable = is_learnable(learn.actual_min)
    pool = LEARNED if learnable else THIN
    sample, members = learn.sample(), {}
    for place, member in enumerate(pool):
        tell(80 * place // len(pool), f"learning: {member.label}")
        members[member.name] = member.fit(sample, seed=SEED)
    exceedance = fit_exceedance(learn) if learnable else None
    chance = exceedance.chance(held.table) if exceedance else None
    return Fitted(members, exceedance, answers_of(members, held.table), chance)


def refitted(ensemble: Ensemble, everything: Asked, tell: Tell) -> Ensemble:
    """The same weights with members that have seen the shifts held back too.

    What they promise was calibrated without those shifts, which errs on the wide side.
    """
    sample, members = everything.sample(), {}
    for name, member in ensemble.members.items():
        tell(85, f"learning from all: {member.label}")
        members[name] = type(member).fit(sample, seed=SEED)
    exceedance = fit_exceedance(everything) if ensemble.exceedance else None
    return replace(ensemble, members=members, exceedance=exceedance)


def fit_exceedance(learn: Asked) -> Exceedance:
    """Learns which shifts had half an hour of downtime."""
    return Exceedance.fit(learn.sample(), learn.actual_min >= LONG_MIN, seed=SEED)


def _asked(history: ShiftHistory, rows: Ints, weight: Floats, *, ahead: bool) -> Asked:
    as_of = ahead_us(history, rows) if ahead else None
    table = features(history, questions_of(history, rows, as_of))
    return Asked(rows, table, history.downtime_min[rows], weight)


def _in_use(table: FeatureTable) -> tuple[str, ...]:
    """Features that say something, and those that states, naive members and labels read."""
    known = np.flatnonzero(np.isfinite(table.values).any(axis=0))
    return tuple(
        name
        for place, name in enumerate(table.names)
        if place in known or table.factors[place] not in ("output", "process")
    )
