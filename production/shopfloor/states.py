"""State intervals: which state a machine was in, without holes, silence told apart from a stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Track = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Times (µs since the epoch, ascending) and the values that hold from then on."""


@dataclass(frozen=True, slots=True)
class StateSpan:
    """`[start_us, end_us)` in one state; `state` None is no data, `cause` says why."""

    start_us: int
    end_us: int
    state: str | None
    cause: str = ""


def state_spans(
    *,
    track: Track,
    state_map: dict[int, str],
    start_us: int,
    end_us: int,
    before: float | None = None,
    outages: Sequence[tuple[int, int]] = (),
    blocked: Track | None = None,
    starved: Track | None = None,
) -> list[StateSpan]:
    """Cover `[start_us, end_us)` with spans that touch and never overlap; equal neighbours are
    merged.

    A code holds until the next one. Time before the first code, with a NaN code, with a code that
    the map does not know, and during an outage is no data. Suspended and Suspending get the cause
    blocked or starved from the tracks of that name.
    """
    if end_us <= start_us:
        return []
    times, codes = track
    tracks = {"blocked": blocked, "starved": starved}
    edges = [np.array([start_us, end_us], dtype=np.int64), times]
    edges += [extra[0] for extra in tracks.values() if extra is not None]
    edges += [np.array(outage, dtype=np.int64) for outage in outages]
    cuts = np.unique(np.concatenate(edges))
    cuts = cuts[(cuts >= start_us) & (cuts <= end_us)]
    held = _held(cuts[:-1], times, codes, before)
    out = _in_outage(cuts[:-1], outages)
    flags = {
        name: _held(cuts[:-1], *extra, before=None) > 0
        for name, extra in tracks.items()
        if extra is not None
    }
    spans: list[StateSpan] = []
    for i, (start, end) in enumerate(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)):
        state, cause = (None, "outage") if out[i] else _meaning(held[i], state_map)
        if state in ("Suspended", "Suspending"):
            cause = next((name for name, flag in flags.items() if flag[i]), "")
        _append(spans, StateSpan(start, end, state, cause))
    return spans


def _held(
    at: NDArray[np.int64],
    times: NDArray[np.int64],
    values: NDArray[np.float64],
    before: float | None,
) -> NDArray[np.float64]:
    """The value in force at each instant; NaN before the first where nothing was known earlier."""
    first = np.nan if before is None else before
    return np.concatenate(([first], values))[np.searchsorted(times, at, side="right")]


def _in_outage(at: NDArray[np.int64], outages: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    silent = np.zeros(len(at), dtype=np.bool_)
    for start, end in outages:
        silent |= (at >= start) & (at < end)
    return silent


def _meaning(code: float, state_map: dict[int, str]) -> tuple[str | None, str]:
    if np.isnan(code):
        return None, ""
    state = state_map.get(int(code)) if float(code).is_integer() else None
    return (state, "") if state else (None, "unmapped")


def _append(spans: list[StateSpan], span: StateSpan) -> None:
    if spans and (spans[-1].state, spans[-1].cause) == (span.state, span.cause):
        spans[-1] = StateSpan(spans[-1].start_us, span.end_us, span.state, span.cause)
    else:
        spans.append(span)
