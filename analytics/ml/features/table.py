"""Features by name and by the factor that people are told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.ml.history import Floats, Ints


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """`values` is (question, feature); `factors` names for each feature the factor it is part of.

    NaN is unknown. Minutes of shifts are per 480 planned minutes, so that shifts of unlike length
    compare.
    """

    names: tuple[str, ...]
    factors: tuple[str, ...]
    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    def column(self, name: str) -> Floats:
        """One feature of every question."""
        values: Floats = self.values[:, self.names.index(name)]
        return values

    def of(self, names: Sequence[str]) -> FeatureTable:
        """Some of the features, in the order asked."""
        if tuple(names) == self.names:
            return self
        places = [self.names.index(name) for name in names]
        factors = tuple(self.factors[place] for place in places)
        return FeatureTable(tuple(names), factors, np.ascontiguousarray(self.values[:, places]))

    def rows(self, rows: Ints) -> FeatureTable:
        """The same features of some questions."""
        return FeatureTable(self.names, self.factors, self.values[rows])


def table_of(parts: Sequence[tuple[str, Mapping[str, Floats]]]) -> FeatureTable:
    """Factors with their features, put side by side in the order given."""
    names = tuple(name for _, columns in parts for name in columns)
    factors = tuple(factor for factor, columns in parts for _ in columns)
    columns = [column for _, part in parts for column in part.values()]
    return FeatureTable(names, factors, np.column_stack(columns).astype(np.float64))
