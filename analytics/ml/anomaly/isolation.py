"""Isolation forest: a row that few random cuts suffice to part from all others."""

from __future__ import annotations

from dataclasses import dataclass
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
        drawn = [random.choice(len(held), sample, replace=False) for _ in range(TREES)]
        return cls(*_grown(held[np.concatenate(drawn)], sample, random), sample, rows.shape[1])

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
        return np.asarray(2.0 ** (-total / TREES / max(_EXPECTED[self.sample], 1e-9)))

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


def _grown(
    rows: Singles, sample: int, random: np.random.Generator
) -> tuple[Cuts, Singles, Singles]:
    """All trees at once, a depth at a time; `rows` are `sample` for the first tree and so on."""
    signal = np.full(TREES * NODES, NO_CUT, dtype=np.int16)
    threshold = np.zeros(TREES * NODES, dtype=np.float32)
    length = np.zeros_like(threshold)
    node = np.repeat(np.arange(TREES) * NODES, sample)
    for depth in range(DEPTH + 1):
        order = np.argsort(node, kind="stable")
        node, rows = node[order], rows[order]
        nodes, first, count = np.unique(node, return_index=True, return_counts=True)
        low, high = np.minimum.reduceat(rows, first), np.maximum.reduceat(rows, first)
        parts = np.asarray((high > low).any(axis=1) & (depth < DEPTH))
        length[nodes[~parts]] = depth + _EXPECTED[count[~parts]]
        if not parts.any():
            break
        chosen, place = _cuts(low, high, random)
        signal[nodes[parts]], threshold[nodes[parts]] = chosen[parts], place[parts]
        here = np.repeat(np.arange(len(nodes)), count)
        above = rows[np.arange(len(rows)), chosen[here]] > place[here]
        kept = parts[here]
        node = (node + node % NODES + 1 + above)[kept]
        rows = rows[kept]
    shape = (TREES, NODES)
    return signal.reshape(shape), threshold.reshape(shape), length.reshape(shape)


def _cuts(
    low: Singles, high: Singles, random: np.random.Generator
) -> tuple[NDArray[np.intp], Singles]:
    """For each node a random signal among those that vary in it and a place inside its range."""
    chosen = np.argmax(random.random(low.shape) * (high > low), axis=1)
    at = np.arange(len(low))
    least, most = low[at, chosen], high[at, chosen]
    place = least + (most - least) * random.random(len(low), dtype=np.float32)
    return chosen, np.minimum(place, np.nextafter(most, least))


def _expected(rows: int) -> Floats:
    """c(n) for n = 0 … rows: the mean depth of an unsuccessful search in a tree of n rows."""
    n = np.arange(1, rows + 1)
    harmonic = np.concatenate(([0.0], np.cumsum(1.0 / n)[:-1]))
    return np.concatenate(([0.0], 2.0 * harmonic - 2.0 * (n - 1) / n))


_EXPECTED = _expected(SAMPLE)
