"""What every detector of odd rows is: fitted on normal rows, it says how far a row is from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Arrays = Mapping[str, NDArray[Any]]

MEMORY = 60
"""Rows back that a row's figures reach at most, itself included."""
SEED = 7


class Detector(Protocol):
    """Rows are (n, k) standardised values without NaN, in the order of time; `age` counts the rows
    since the machine began to run, 0 at the start of a run: nothing is smoothed across a stop.
    """

    @classmethod
    def fit(cls, rows: Floats, age: Ints) -> Self:
        """Learn what is normal; the same rows give the same detector to the bit."""
        ...

    def distance(self, rows: Floats, age: Ints) -> Floats:
        """(n,) ≥ 0, larger is odder; row i depends on rows i − MEMORY + 1 … i alone."""
        ...

    def blame(self, rows: Floats, age: Ints) -> Floats:
        """(n, k) ≥ 0: how much each signal makes of the row's distance; zeros when unknown."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that was learned, for a file."""
        ...

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        """The detector whose `arrays()` these are."""
        ...
