"""Why a shift is expected to differ from the machine's usual one: minutes by factor.

    φ(i) = Σ over S without i of |S|! (k − |S| − 1)! / k! · (v(S with i) − v(S))

v(S) is the expected minutes when the factors in S are as they are and the others as is usual for
the machine. Shapley (1953), exact over all 2^k sets because factors are few, so that the minutes
add up to the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats, Ints


def usual_rows(table: FeatureTable, machine: Ints, machines: int) -> Floats:
    """(machine, feature) medians; the last row is that of all, for machines without any."""
    everyone = _medians(table.values)
    rows = np.tile(everyone, (machines + 1, 1))
    for one in np.unique(machine):
        own = _medians(table.values[machine == one])
        rows[one] = np.where(np.isfinite(own), own, everyone)
    return rows


def shapley(
    expected: Callable[[FeatureTable], Floats], table: FeatureTable, usual: FeatureTable
) -> tuple[tuple[str, ...], Floats]:
    """Factors and (question, factor) minutes; they sum to expected(table) − expected(usual)."""
    factors = tuple(dict.fromkeys(table.factors))
    size = len(factors)
    masks = [np.array([factors.index(factor) == place for factor in table.factors])
             for place in range(size)]  # fmt: skip
    values = np.stack(
        [_value(expected, table, usual, _chosen(masks, subset)) for subset in range(2**size)]
    )
    minutes = np.zeros((len(table), size))
    for place in range(size):
        for subset in range(2**size):
            if subset >> place & 1:
                continue
            held = subset.bit_count()
            share = factorial(held) * factorial(size - held - 1) / factorial(size)
            minutes[:, place] += share * (values[subset | 1 << place] - values[subset])
    return factors, minutes


def _chosen(masks: list[np.ndarray], subset: int) -> np.ndarray:
    held = [mask for place, mask in enumerate(masks) if subset >> place & 1]
    return np.any(held, axis=0) if held else np.zeros_like(masks[0])


def _value(
    expected: Callable[[FeatureTable], Floats],
    table: FeatureTable,
    usual: FeatureTable,
    chosen: np.ndarray,
) -> Floats:
    mixed = np.where(chosen, table.values, usual.values)
    return expected(FeatureTable(table.names, table.factors, mixed))


def _medians(values: Floats) -> Floats:
    """Of what is known in each column: NaN sorts last, the middle of the others is taken."""
    ordered = np.sort(values, axis=0)
    count = np.isfinite(ordered).sum(axis=0)
    middle = np.maximum(count - 1, 0) // 2
    return np.where(count > 0, ordered[middle, np.arange(values.shape[1])], np.nan)
