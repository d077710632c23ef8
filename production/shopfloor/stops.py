"""Stops: maximal runs of delay (ADET) or set-up (AUST) time inside planned busy time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from production.shopfloor.packml import TimeClass, time_class
from production.shopfloor.states import StateSpan


@dataclass(frozen=True, slots=True)
class StopSpan:
    """A stop; `state` is the one with which it began, `cause` the first that this state had."""

    start_us: int
    end_us: int
    state: str
    cause: str
    time_class: TimeClass

    @property
    def duration_s(self) -> float:
        return (self.end_us - self.start_us) / 1e6


def is_minor(stop: StopSpan, threshold_s: float = 120.0) -> bool:
    """A delay shorter than the machine's threshold (TPM: a minor stop)."""
    return stop.time_class is TimeClass.ADET and stop.duration_s < threshold_s


def stops(spans: Iterable[StateSpan], *, busy: Sequence[tuple[int, int]]) -> list[StopSpan]:
    """The stops inside `busy`, the sorted stretches of planned busy time of one shift.

    A set-up that follows a failure is a stop of its own. Runs are cut at the ends of the stretches.
    """
    found: list[StopSpan] = []
    for span in spans:
        kind = time_class(span.state)
        if kind not in (TimeClass.ADET, TimeClass.AUST) or span.state is None:
            continue
        for first, last in busy:
            start, end = max(span.start_us, first), min(span.end_us, last)
            if start >= end:
                continue
            if (
                found
                and found[-1].end_us == start
                and found[-1].time_class is kind
                and start > first
            ):
                run = found[-1]
                # the flag that names the cause may come a moment after the state
                cause = run.cause or (span.cause if span.state == run.state else "")
                found[-1] = StopSpan(run.start_us, end, run.state, cause, kind)
            else:
                found.append(StopSpan(start, end, span.state, span.cause, kind))
    return found
