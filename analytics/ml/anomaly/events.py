"""Odd rows as events that a person can look into: from when to when, which signals, how far off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analytics.ml.anomaly.detector import MEMORY, Floats
from analytics.ml.anomaly.frame import Scores

MERGE_US = 30 * 60 * 1_000_000
"""Alarms that lie closer together are one event."""
AROUND = 5
"""Rows up to the peak of which the median is told: one row is mostly noise."""
MOST_CAUSES, LEAST_SHARE = 3, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A signal in an event: its value at the peak, what it usually is (`low`, `high`), what it was
    in the rows before the event, what the other signals suggest; all in its unit.
    """

    signal: str
    share: float
    direction: Literal["high", "low"]
    value: float
    low: float
    high: float
    before: float
    fitting: float

    @property
    def is_usual(self) -> bool:
        """Inside its range: odd only beside the other signals or after what was before."""
        return self.low <= self.value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Half-open `[start_us, end_us)`; `score` is that of its oddest row."""

    machine: str
    start_us: int
    end_us: int
    score: float
    causes: tuple[Cause, ...]
    sentence: str


def events(scores: Scores, units: Mapping[str, str] | None = None) -> list[Event]:
    """The alarms of a machine merged into events, the earliest first; `units` by signal."""
    step = int(np.median(np.diff(scores.time_us))) if len(scores) > 1 else 0
    found = []
    for first, last in _spans(scores):
        peak = first + int(np.nanargmax(scores.level[first:last]))
        causes = _causes(scores, first, last, peak)
        found.append(
            Event(
                machine=scores.machine,
                start_us=int(scores.time_us[first]),
                end_us=int(scores.time_us[last - 1]) + step,
                score=float(scores.score[peak]),
                causes=causes,
                sentence="; ".join(sentence(cause, (units or {})) for cause in causes),
            )
        )
    return found


def sentence(cause: Cause, units: Mapping[str, str]) -> str:
    """What is odd about the signal: "Vibration 6.1 mm/s, usually 1.2–2.3"."""
    digits, unit = _digits(cause), units.get(cause.signal, "")
    head = f"{cause.signal[:1].upper()}{cause.signal[1:]} {_number(cause.value, digits)} {unit}"
    if not cause.is_usual:
        return f"{head.rstrip()}, usually {_usual(cause)}"
    jump, misfit = (
        abs(cause.value - other) if np.isfinite(other) else 0.0
        for other in (cause.before, cause.fitting)
    )
    if jump >= misfit and np.isfinite(cause.before):
        return f"{head.rstrip()}, {_number(cause.before, digits)} before"
    suggested = _number(cause.fitting, digits)
    return f"{head.rstrip()}, but the other signals suggest {suggested}"


def expected(cause: Cause, units: Mapping[str, str]) -> str:
    """Between what the signal usually is, with its unit: "1.2–2.3 mm/s"."""
    return f"{_usual(cause)} {units.get(cause.signal, '')}".rstrip()


def _usual(cause: Cause) -> str:
    digits, between = _digits(cause), "–" if cause.low >= 0 else " to "
    return f"{_number(cause.low, digits)}{between}{_number(cause.high, digits)}"


def _digits(cause: Cause) -> int:
    """Decimals with which the usual range can be told from a point."""
    span = cause.high - cause.low
    return max(0, min(4, 1 - math.floor(math.log10(span)))) if span > 0 else 2


def _spans(scores: Scores) -> list[tuple[int, int]]:
    """First row and the row after the last one of each event."""
    edges = np.flatnonzero(np.diff(scores.is_anomaly.astype(np.int8), prepend=0, append=0))
    spans: list[tuple[int, int]] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if spans and scores.time_us[first] - scores.time_us[spans[-1][1] - 1] <= MERGE_US:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def _causes(scores: Scores, first: int, last: int, peak: int) -> tuple[Cause, ...]:
    weight = np.nan_to_num(scores.level[first:last])[:, None]
    share = (scores.share[first:last] * weight).sum(axis=0) / max(float(weight.sum()), 1e-12)
    order = [int(at) for at in np.argsort(-share, kind="stable")[:MOST_CAUSES]]
    chosen = [at for at in order if share[at] >= LEAST_SHARE] or order[:1]
    recent = slice(max(first, peak - AROUND + 1), peak + 1)
    judged = np.flatnonzero(~np.isnan(scores.level[:first]))
    earlier = judged[-MEMORY:]
    causes = tuple(
        _cause(
            scores,
            at,
            float(share[at]),
            value=_median(scores.values[recent, at]),
            before=_median(scores.values[earlier, at]),
            fitting=_median(scores.fitting[recent, at]),
        )
        for at in chosen
    )
    # One signal out of its range makes those that go with it look wrong: it alone is told.
    return tuple(cause for cause in causes if not cause.is_usual) or causes


def _cause(
    scores: Scores, at: int, share: float, *, value: float, before: float, fitting: float
) -> Cause:
    low, high = float(scores.expected_low[at]), float(scores.expected_high[at])
    middle = (low + high) / 2 if not low <= value <= high else fitting
    return Cause(
        signal=scores.names[at],
        share=share,
        direction="high" if value >= middle else "low",
        value=value,
        low=low,
        high=high,
        before=before,
        fitting=fitting,
    )


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else math.nan


def _number(value: float, digits: int) -> str:
    return "unknown" if math.isnan(value) else f"{value:.{digits}f}".replace("-", "−")
