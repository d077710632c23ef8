"""Two things timed alternately in one run, so that a busy machine slows both."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

REPEATS = 5


@dataclass(frozen=True, slots=True)
class Timed:
    """The 95th percentile of each repeat, in milliseconds."""

    p95s_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        return median(self.p95s_ms)

    @property
    def least_ms(self) -> float:
        return min(self.p95s_ms)


def alternately(*works: Callable[[], object], times: int, repeats: int = REPEATS) -> list[Timed]:
    """Each work `times` times in each repeat, one after the other in turn."""
    p95s: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        took: list[list[float]] = [[] for _ in works]
        for _ in range(times):
            for work, into in zip(works, took, strict=True):
                began = time.perf_counter()
                work()
                into.append((time.perf_counter() - began) * 1000)
        for kept, one in zip(p95s, took, strict=True):
            kept.append(p95(one))
    return [Timed(tuple(kept)) for kept in p95s]


def p95(values: Sequence[float]) -> float:
    """The value that 95 % of all do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]
