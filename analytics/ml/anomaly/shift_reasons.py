"""Why a shift is odd, in words: each figure that is beyond what is usual for its machine."""

from __future__ import annotations

import numpy as np

from analytics.ml.anomaly.detector import Floats
from analytics.ml.anomaly.shift_oddness import FIGURES


def reasons(
    *, row: Floats, beyond: Floats, edge: Floats, planned_min: float, expected_min: float
) -> tuple[str, ...]:
    """Sentences, the worst first. `row` and `edge` (6,) as `figures` gives them, `beyond` (6,) how
    bad each is, 0 where it is usual; `expected_min` the downtime foretold, NaN for none.
    """
    order = [int(at) for at in np.argsort(-beyond, kind="stable") if beyond[at] > 0]
    named = [FIGURES[at] for at in order]
    return tuple(
        _sentence(name, float(row[at]), float(edge[at]), planned_min, expected_min)
        for name, at in zip(named, order, strict=True)
        # What the shift itself had says more than what it adds up to with those before.
        if not (name == "recent_downtime" and "downtime" in named)
    )


def _sentence(name: str, value: float, edge: float, planned_min: float, expected_min: float) -> str:
    match name:
        case "downtime":
            foretold = "" if np.isnan(expected_min) else f"; {expected_min:.0f} min were expected"
            return f"Downtime {value:.0f} min, usually at most {edge:.0f} min{foretold}"
        case "stops":
            stops = "stop" if round(value) == 1 else "stops"
            return f"{value:.0f} {stops}, usually at most {edge:.0f}"
        case "units":
            made, usual = -value * planned_min, max(-edge * planned_min, 0.0)
            return f"{made:.0f} pieces, usually at least {usual:.0f} in such a shift"
        case "defects":
            return f"Defect rate {value:.1%}, usually at most {edge:.1%}".replace("%", " %")
        case "efficiency":
            return f"Efficiency {-value:.0%}, usually at least {-edge:.0%}".replace("%", " %")
        case _:
            return f"Downtime {value:.0f} min a shift over three shifts, usually at most {edge:.0f}"
