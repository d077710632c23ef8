"""Whose turn it is in a worker of the queue `default`: what the clock brings, or what people ask.

A worker has two threads. Reports and analyses that people ask for take seconds each and may come
many at once; they share one turn, so that a thread is always left for what is due: Beat's knocks,
the scheduled report and its mail.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

COME_AGAIN_S = 2
"""When work that was asked for tries again to get its turn."""
_asked_for = threading.Lock()


@contextmanager
def turn(*, is_asked_for: bool) -> Iterator[bool]:
    """Whether the work may begin. What is asked for may not while other such work goes on in this
    process; what is due always may.
    """
    if not is_asked_for:
        yield True
        return
    is_free = _asked_for.acquire(blocking=False)
    try:
        yield is_free
    finally:
        if is_free:
            _asked_for.release()
