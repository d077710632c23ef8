"""Which shifts are learned from when there are more than pays: all kinds kept, weighted back."""

from __future__ import annotations

import numpy as np

from analytics.ml.history import Floats, Ints, ShiftHistory

GOLDEN = 0.6180339887498949


def thinned(history: ShiftHistory, rows: Ints, most: int) -> tuple[Ints, Floats]:
    """At most about `most` of the rows, and for how many each stands.

    Shifts with downtime are rare and are what there is to learn, so they fill up to half; the rest
    are shifts without. Weights undo the choice, as in case-control studies. What is left out is
    spread evenly over machines and time.
    """
    if len(rows) <= most:
        return rows, np.ones(len(rows))
    had = history.downtime_min[rows] > 0
    kept, weights = [], []
    share_had = min(1.0, most / 2 / max(1, int(had.sum())))
    left = most - share_had * had.sum()
    share_none = min(1.0, left / max(1, int((~had).sum())))
    for kind, share in ((had, share_had), (~had, share_none)):
        chosen = evenly(rows[kind], share)
        kept.append(chosen)
        weights.append(np.full(len(chosen), kind.sum() / max(1, len(chosen))))
    row, weight = np.concatenate(kept), np.concatenate(weights)
    order = np.argsort(row, kind="stable")
    return row[order], weight[order]


def evenly(rows: Ints, share: float) -> Ints:
    """About that share of the rows, spread evenly."""
    return rows if share >= 1 else rows[(np.arange(len(rows)) * GOLDEN) % 1.0 < share]
