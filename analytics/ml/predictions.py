"""What is said of each shift that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ml.history import Floats, Ints

Contribution = tuple[str, str, float]
"""Key of a factor, its label with numbers, signed minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Arrays of one length, minutes of the shift asked for, chances 0..1.

    `served` is "model" or the naive member that answers; `naive_min` what the best naive member
    says. `contributions` of a row, largest first, sum to expected_min − usual_min; they are empty
    when no explanation was asked for.
    """

    median_min: Floats
    expected_min: Floats
    lo80: Floats
    hi80: Floats
    lo95: Floats
    hi95: Floats
    p_downtime_30: Floats
    confidence: Floats
    agreement: Floats
    down_now: NDArray[np.bool_]
    served: list[str]
    naive_min: Floats
    usual_min: Floats
    contributions: list[list[Contribution]]

    def __len__(self) -> int:
        return len(self.median_min)


def joined(parts: Sequence[Predictions], order: Ints | None = None) -> Predictions:
    """Parts one after the other, then in the order given."""
    place = np.arange(sum(map(len, parts))) if order is None else order
    fields: dict[str, Any] = {}
    for name in Predictions.__slots__:
        held = [getattr(part, name) for part in parts]
        if isinstance(held[0], np.ndarray):
            fields[name] = np.concatenate(held)[place]
        else:
            flat = [one for part in held for one in part]
            fields[name] = [flat[at] for at in place.tolist()]
    return Predictions(**fields)
