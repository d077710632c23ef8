"""Linear regression with an L2 penalty: the fallback where trees have too little to learn from.

    w = (Xᵀ W X + λ n I)⁻¹ Xᵀ W y          on standardised features and y less its mean

Unknown features count as average. Minutes enter as log(1 + x): levels differ by magnitudes.
Source: Hoerl and Kennard (1970), Technometrics 12(1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats
from analytics.ml.regressors.protocol import Sample

PENALTY = 0.01
FURTHEST = 4.0


@dataclass(frozen=True, slots=True)
class Ridge:
    """Coefficients by feature, with what standardises it."""

    name: ClassVar[str] = "ridge"
    label: ClassVar[str] = "Ridge"
    is_naive: ClassVar[bool] = False

    names: tuple[str, ...]
    centre: Floats
    scale: Floats
    weights: Floats
    level: float

    @classmethod
    def fit(cls, sample: Sample, *, seed: int) -> Self:
        """Closed form; the seed changes nothing."""
        values = _bent(sample.table.values)
        known, weight = np.isfinite(values), sample.weight[:, None]
        count = np.maximum((weight * known).sum(axis=0), 1e-9)
        filled = np.where(known, values, 0.0)
        centre = (weight * filled).sum(axis=0) / count
        spread = (weight * known * np.square(filled - centre)).sum(axis=0) / count
        scale = np.where(spread > 1e-12, np.sqrt(np.maximum(spread, 1e-12)), np.inf)
        x = _standard(values, centre, scale)
        level = float(np.average(sample.target, weights=sample.weight))
        # Plain loops: BLAS adds up in an order that depends on its threads.
        gram = np.einsum("ni,nj->ij", x * weight, x)
        gram += PENALTY * sample.weight.sum() * np.eye(x.shape[1])
        slope = np.einsum("ni,n->i", x * weight, sample.target - level)
        weights = np.linalg.solve(gram, slope)
        return cls(sample.table.names, centre, scale, weights, level)

    def predict(self, table: FeatureTable) -> Floats:
        """Minutes, which may come out negative: what serves is clipped."""
        columns = [table.names.index(name) for name in self.names]
        x = _standard(_bent(table.values[:, columns]), self.centre, self.scale)
        answer: Floats = self.level + np.einsum("nf,f->n", x, self.weights)
        return answer

    def importances(self) -> dict[str, float]:
        """Shares of the absolute standardised coefficients."""
        size = np.abs(self.weights)
        total = size.sum()
        return dict(zip(self.names, (size / total).tolist(), strict=True)) if total else {}

    def dump(self) -> dict[str, bytes]:
        """JSON; an infinite scale, which switches a feature off, is null."""
        held: dict[str, Any] = {
            "names": list(self.names),
            "centre": self.centre.tolist(),
            "scale": [one if np.isfinite(one) else None for one in self.scale.tolist()],
            "weights": self.weights.tolist(),
            "level": self.level,
        }
        return {"ridge.json": json.dumps(held).encode()}

    @classmethod
    def load(cls, parts: Mapping[str, bytes]) -> Self:
        """The same coefficients to the last bit."""
        held = json.loads(parts["ridge.json"])
        scale = np.array([np.inf if one is None else one for one in held["scale"]], np.float64)
        centre, weights = np.array(held["centre"]), np.array(held["weights"])
        return cls(tuple(held["names"]), centre, scale, weights, held["level"])


def _bent(values: Floats) -> Floats:
    return np.sign(values) * np.log1p(np.abs(values))


def _standard(values: Floats, centre: Floats, scale: Floats) -> Floats:
    """Distances from the mean in deviations, none beyond what was learned from; unknown is 0."""
    distance = np.clip((values - centre) / scale, -FURTHEST, FURTHEST)
    return np.where(np.isfinite(values), distance, 0.0)
