"""What a source delivers, and the bounded place where it waits for the writer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple


class Reading(NamedTuple):
    """One value as it arrived. `initial`: the first one of its signal in this session."""

    signal_pk: int
    value: object
    status_code: int
    source_time: datetime | None
    server_time: datetime | None
    arrived_at: datetime
    initial: bool


class Inbox:
    """Readings between source and writer. When it is full the oldest go, and are counted."""

    def __init__(self, *, capacity: int) -> None:
        self._capacity = capacity
        self._readings: deque[Reading] = deque()
        self._some, self._many = asyncio.Event(), asyncio.Event()
        self._closed = False
        self._many_at = capacity
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._readings)

    @property
    def is_finished(self) -> bool:
        return self._closed and not self._readings

    def put(self, readings: Sequence[Reading]) -> None:
        """Take readings in; never waits, because the publish loop must go on."""
        self._readings.extend(readings)
        while len(self._readings) > self._capacity:
            self._readings.popleft()
            self._dropped += 1
        self._some.set()
        if len(self._readings) >= self._many_at:
            self._many.set()

    async def take(self, *, at_most: int, within_s: float) -> list[Reading]:
        """Wait for a first reading, then until `at_most` are there or `within_s` has passed."""
        await self._some.wait()
        self._many_at = min(at_most, self._capacity)
        if len(self._readings) < self._many_at and not self._closed:
            self._many.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._many.wait(), within_s)
        taken = [self._readings.popleft() for _ in range(min(at_most, len(self._readings)))]
        if not self._readings and not self._closed:
            self._some.clear()
        return taken

    def take_dropped(self) -> int:
        """How many were dropped since the last call."""
        dropped, self._dropped = self._dropped, 0
        return dropped

    def close(self) -> None:
        """Nothing more comes; whoever waits wakes up."""
        self._closed = True
        self._some.set()
        self._many.set()
