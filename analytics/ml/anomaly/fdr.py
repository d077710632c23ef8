"""The false discovery rate: of many machines looked at together, which are odd."""

from __future__ import annotations

import numpy as np

from analytics.ml.anomaly.detector import Bools, Floats

SHARE = 0.1


def discoveries(p: Floats, *, share: float = SHARE) -> Bools:
    """Benjamini and Hochberg (1995) along the last axis: with m p-values the k smallest are
    discoveries, k the largest with p₍ₖ₎ ≤ share × k / m; of them at most `share` are false on
    average. NaN is not looked at and does not count in m.

    >>> discoveries(np.array([0.001, 0.2, 0.04, np.nan])).tolist()
    [True, False, True, False]
    """
    order = np.argsort(p, axis=-1, kind="stable")
    rising = np.take_along_axis(p, order, axis=-1)
    looked = np.maximum((~np.isnan(p)).sum(axis=-1, keepdims=True), 1)
    below = rising <= share * np.arange(1, p.shape[-1] + 1) / looked
    # The largest k takes all smaller ones with it, also those above their own bar.
    taken = np.flip(np.logical_or.accumulate(np.flip(below, axis=-1), axis=-1), axis=-1)
    found = np.zeros(p.shape, dtype=bool)
    np.put_along_axis(found, order, taken, axis=-1)
    return found
