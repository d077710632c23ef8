"""Windows over the rows up to now: a weighted mean inside a run, a median over the last rows."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analytics.ml.anomaly.detector import MEMORY, Floats, Ints

WEIGHT = 0.15
"""λ of the EWMA: of a change that lasts ten rows four fifths count, of a single spike a seventh."""

PIECE = 20_000


def ewma(rows: Floats, age: Ints, weight: float = WEIGHT) -> Floats:
    """s = λ x + (1 − λ) s from s = 0 at the start of a run (Roberts 1959), cut after MEMORY rows.

    Rows are standardised, so 0 is the centre: a run begins unsuspicious. (n, k) in and out. What
    the cut leaves out weighs (1 − λ)^MEMORY, 6e-5, and makes a row's value independent of
    where the rows that were loaded begin.
    """
    smooth = np.zeros_like(rows)
    for lag in range(min(MEMORY, len(rows))):
        here = age[lag:] >= lag
        shifted = np.where(here[:, None], rows[: len(rows) - lag], 0.0)
        smooth[lag:] += weight * (1 - weight) ** lag * shifted
    return smooth


def past_median(rows: Floats) -> Floats:
    """The median of the last MEMORY rows, the present one and every third before it; what was
    before the first row counts as 0, the centre.
    """
    if not len(rows):
        return rows
    before = np.zeros((MEMORY - 1, rows.shape[1]))
    windows = sliding_window_view(np.concatenate([before, rows]), MEMORY, axis=0)[..., ::-3]
    # A third of the rows tell the level as well; in pieces, because the median copies its windows.
    pieces = range(0, len(rows), PIECE)
    return np.concatenate([np.median(windows[at : at + PIECE], axis=-1) for at in pieces])
