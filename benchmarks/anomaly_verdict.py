"""How good alarms are against labels, row by row and without adjusting a point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.ml.anomaly.detector import Bools, Floats


@dataclass(frozen=True, slots=True)
class Verdict:
    """`far` false alarms of all normal rows, `mar` missed rows of all odd ones; `pr_auc` is the
    average precision of the scores, whatever the alarms are.
    """

    pr_auc: float
    f1: float
    far: float
    mar: float
    odd_share: float


def verdict(score: Floats, alarm: Bools, is_odd: Bools) -> Verdict:
    """Of all rows together; a row that was not judged has the lowest score."""
    hits = float((alarm & is_odd).sum())
    return Verdict(
        pr_auc=average_precision(np.nan_to_num(score, nan=-np.inf), is_odd),
        f1=2 * hits / max(float(alarm.sum() + is_odd.sum()), 1.0),
        far=float((alarm & ~is_odd).sum()) / max(float((~is_odd).sum()), 1.0),
        mar=1.0 - hits / max(float(is_odd.sum()), 1.0),
        odd_share=float(is_odd.mean()),
    )


def average_precision(score: Floats, is_odd: Bools) -> float:
    """Σ (recallᵢ − recallᵢ₋₁) × precisionᵢ over the thresholds; equal scores are one threshold."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(is_odd[order])
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    precision = hits[ends] / (ends + 1)
    recall = hits[ends] / max(hits[-1], 1)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))
