"""Whose turn it is in a worker of the queue `default`: what the clock brings, or what people ask.

A worker has two threads. Reports and analyses that people ask for take seconds each and may come
many at once; they share one turn, so that a thread is always left for what is due: Beat's knocks,
the scheduled report and its mail. Plants take that turn one after another: whoever asks for one
report waits for one piece of a plant that has asked for twenty, and not for all of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

COME_AGAIN_S = 2
"""When work that was asked for tries again to get its turn."""
WAITS_S = 3 * COME_AGAIN_S
"""So long a plant that was sent away counts as waiting; a busy worker hands it out late."""


@dataclass(slots=True)
class Line:
    """Plants by when they last had the turn, and those that were sent away, by when."""

    had: dict[str, float] = field(default_factory=dict)
    sent_away: dict[str, float] = field(default_factory=dict)
    is_taken: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, plant: str) -> bool:
        """Whether the turn is free, and no plant waits that has been without it for longer."""
        with self.lock:
            now = time.monotonic()
            waiting = [p for p, at in self.sent_away.items() if now - at < WAITS_S and p != plant]
            before = self.had.get(plant, 0.0)
            if self.is_taken or any(self.had.get(other, 0.0) < before for other in waiting):
                self.sent_away[plant] = now
                return False
            self.sent_away.pop(plant, None)
            self.is_taken = True
            return True

    def give_back(self, plant: str) -> None:
        with self.lock:
            self.is_taken = False
            self.had[plant] = time.monotonic()


_line = Line()


@contextmanager
def turn(*, is_asked_for: bool) -> Iterator[bool]:
    """Whether the work of the plant that is entered may begin. What is asked for may not while
    other such work goes on in this process; what is due always may.
    """
    if not is_asked_for:
        yield True
        return
    plant = connection.schema_name
    may_begin = _line.take(plant)
    try:
        yield may_begin
    finally:
        if may_begin:
            _line.give_back(plant)
