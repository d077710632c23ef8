"""How many requests each plant has had from this process, by the status of their answers."""

from __future__ import annotations

from collections import Counter
from threading import Lock

_served: Counter[tuple[str, int]] = Counter()
_lock = Lock()


def count_answer(schema: str, status: int) -> None:
    with _lock:
        _served[schema, status] += 1


def answers() -> Counter[tuple[str, int]]:
    """A copy, by (schema, status)."""
    with _lock:
        return _served.copy()
