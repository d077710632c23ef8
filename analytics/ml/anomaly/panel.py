"""The three detectors side by side on one machine, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from analytics.ml.anomaly.detector import Arrays, Detector, Floats, Ints
from analytics.ml.anomaly.isolation import IsolationForest
from analytics.ml.anomaly.principal import PrincipalComponents
from analytics.ml.anomaly.rolling import RollingZ
from analytics.ml.anomaly.standard import Standard

DETECTORS: dict[str, type[Detector]] = {
    "principal": PrincipalComponents,
    "isolation": IsolationForest,
    "rolling": RollingZ,
}


@dataclass(frozen=True, slots=True)
class Panel:
    """Signals made comparable and the detectors that were fitted on them, in DETECTORS' order."""

    standard: Standard
    detectors: tuple[Detector, ...]

    @classmethod
    def fit(cls, values: Floats, age: Ints) -> Self:
        """Values (n, k) in the signals' units, only rows in which the machine ran."""
        standard = Standard.fit(values)
        rows = standard.rows(values, age)
        return cls(standard, tuple(kind.fit(rows, age) for kind in DETECTORS.values()))

    def distances(self, values: Floats, age: Ints) -> Floats:
        """(n, detectors): logarithms of the distances, whose tails are exponential."""
        rows = self.standard.rows(values, age)
        each = [detector.distance(rows, age) for detector in self.detectors]
        return np.log(np.maximum(np.stack(each, axis=1), 1e-9))

    def fitting(self, values: Floats, age: Ints) -> Floats:
        """(n, k) in the signals' units: what the others suggest for each signal."""
        principal = self.detectors[0]
        assert isinstance(principal, PrincipalComponents)
        return self.standard.back(principal.fitting(self.standard.rows(values, age), age))

    def arrays(self) -> dict[str, NDArray[Any]]:
        parts = dict(zip(DETECTORS, self.detectors, strict=True))
        named = {"standard": self.standard.arrays()}
        named |= {name: part.arrays() for name, part in parts.items()}
        return {f"{name}.{key}": held for name, part in named.items() for key, held in part.items()}

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        kinds = tuple(kind.of(within(arrays, name)) for name, kind in DETECTORS.items())
        return cls(Standard.of(within(arrays, "standard")), kinds)


def within(arrays: Arrays, name: str) -> dict[str, NDArray[Any]]:
    """The arrays whose names begin with `name.`, without it."""
    return {
        key.removeprefix(f"{name}."): held
        for key, held in arrays.items()
        if key.startswith(f"{name}.")
    }
