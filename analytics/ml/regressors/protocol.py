"""What every regressor of downtime is: fitted on a sample, then a function of features.

Targets and answers are minutes of downtime per 480 planned minutes. Each module of this package
holds one algorithm; a contract test runs over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats


@dataclass(frozen=True, slots=True)
class Sample:
    """Shifts to learn from: `weight` is how many shifts of the history each stands for."""

    table: FeatureTable
    target: Floats
    weight: Floats


class Regressor(Protocol):
    """A member of the pool. `is_naive` members learn nothing: they are what skill is held against.

    `importances` are shares by feature that sum to 1, or nothing where there are none.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    is_naive: ClassVar[bool]

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self: ...

    def predict(self, table: FeatureTable) -> Floats: ...

    def importances(self) -> dict[str, float]: ...

    def dump(self) -> dict[str, bytes]: ...

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self: ...
