"""Isolation forest: a row that few random cuts suffice to part from all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from analytics.ml.anomaly.detector import SEED, Arrays, Floats, Ints

TREES = 50
SAMPLE = 256
DEPTH = 8
"""log2(SAMPLE): deeper cuts only part normal rows from each other."""
NODES = 2 ** (DEPTH + 1) - 1
NO_CUT = -1

Cuts = NDArray[np.int16]
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class IsolationForest:
    """Liu, Ting and Zhou (2008): distance = 2^(−E(h(x)) / c(sample)), h the cuts down to the row's
    leaf plus c(rows left in it), c(n) = 2 H(n−1) − 2 (n−1) / n.

    Each tree is an array: node i has its children at 2 i + 1 (≤ threshold) and 2 i + 2. `length` is
    h at the leaves.

    >>> rows = np.random.default_rng(7).normal(size=(500, 2))
    >>> forest = IsolationForest.fit(rows, np.arange(500))
    >>> near, far = forest.distance(np.array([[0.0, 0.0], [6.0, 6.0]]), np.arange(2))
    >>> bool(far > near)
    True
    """

    signal: Cuts
    threshold: Singles
    length: Singles
    sample: int
    signals: int

    @classmethod
    def fit(cls, rows: Floats, age: Ints) -> Self:
        random = np.random.default_rng(SEED)
        held = rows.astype(np.float32)
        sample = min(SAMPLE, len(rows))
        trees = [
            _tree(held[random.choice(len(held), sample, replace=False)], random)
            for _ in range(TREES)
        ]
        signal, threshold, length = (np.stack(part) for part in zip(*trees, strict=True))
        return cls(signal, threshold, length, sample, rows.shape[1])

    def distance(self, rows: Floats, age: Ints) -> Floats:
        held = rows.astype(np.float32)
        flat, first = held.ravel(), np.arange(len(held)) * self.signals
        total = np.zeros(len(held))
        for signal, threshold, length in zip(self.signal, self.threshold, self.length, strict=True):
            node = np.zeros(len(held), dtype=np.int64)
            for _ in range(DEPTH):
                cut = signal[node]
                below = 2 * node + 1 + (flat[first + np.maximum(cut, 0)] > threshold[node])
                node = np.where(cut == NO_CUT, node, below)
            total += length[node]
        return np.asarray(2.0 ** (-total / TREES / max(_expected(self.sample), 1e-9)))

    def blame(self, rows: Floats, age: Ints) -> Floats:
        """Unknown: a forest has no share of a signal that adds up."""
        return np.zeros_like(rows)

    def arrays(self) -> dict[str, NDArray[Any]]:
        sizes = np.array([self.sample, self.signals])
        return {
            "signal": self.signal, "threshold": self.threshold, "length": self.length,
            "sizes": sizes,
        }  # fmt: skip

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        sample, signals = (int(size) for size in arrays["sizes"])
        return cls(arrays["signal"], arrays["threshold"], arrays["length"], sample, signals)


def _tree(rows: Singles, random: np.random.Generator) -> tuple[Cuts, Singles, Singles]:
    signal = np.full(NODES, NO_CUT, dtype=np.int16)
    threshold = np.zeros(NODES, dtype=np.float32)
    length = np.zeros(NODES, dtype=np.float32)
    waiting = [(0, 0, rows)]
    while waiting:
        node, depth, here = waiting.pop()
        cut = _cut(here, random) if depth < DEPTH else None
        if cut is None:
            length[node] = depth + _expected(len(here))
            continue
        signal[node], threshold[node] = cut
        above = here[:, cut[0]] > threshold[node]
        waiting.append((2 * node + 1, depth + 1, here[~above]))
        waiting.append((2 * node + 2, depth + 1, here[above]))
    return signal, threshold, length


def _cut(rows: Singles, random: np.random.Generator) -> tuple[int, float] | None:
    """A random signal among those that vary here and a random place inside its range."""
    if len(rows) < 2:
        return None
    chosen = int(random.integers(rows.shape[1]))
    low, high = rows[:, chosen].min(), rows[:, chosen].max()
    if low == high:
        varying = np.flatnonzero(rows.max(axis=0) > rows.min(axis=0))
        if not len(varying):
            return None
        chosen = int(varying[random.integers(len(varying))])
        low, high = rows[:, chosen].min(), rows[:, chosen].max()
    place = np.float32(low + (high - low) * np.float32(random.random()))
    return chosen, float(min(place, np.nextafter(high, low)))


@lru_cache(maxsize=2 * SAMPLE)
def _expected(rows: int) -> float:
    """c(n): the mean depth of an unsuccessful search in a binary search tree of n rows."""
    if rows <= 1:
        return 0.0
    return 2.0 * float(np.sum(1.0 / np.arange(1, rows))) - 2.0 * (rows - 1) / rows
