"""The plant in running time: steps the model, writes what changed, keeps the truth."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import numpy as np

from plc_sim.dump import FINE, merged, process_samples, samples_of
from plc_sim.kinds import NODE_NAMES
from plc_sim.machine import Plant
from plc_sim.panel import Change
from plc_sim.server import PlantServer
from plc_sim.timetable import DAY, SECOND
from plc_sim.truth import TruthFile

MAX_SPEED = 4000.0  # a piece a minute and machine: 70 writes a second and node, no queue overflows
_HISTORY = DAY
_STEP_S = 0.05
_STEP_LIMIT = SECOND // 5  # one step of an accelerated run never makes up for more
_FIELDS = len(NODE_NAMES)


def wall_clock() -> int:
    """Now, in microseconds UTC."""
    return time.time_ns() // 1000


@dataclass(slots=True)
class Pace:
    """Simulated time: faster than the wall clock until it has caught up, never ahead of it."""

    at: int
    speed: float = 1.0
    caught_up: bool = False
    _wall: int = field(default_factory=wall_clock)

    def tick(self) -> int:
        """Move on, and say what time it is."""
        wall = wall_clock()
        passed, self._wall = max(wall - self._wall, 0), wall
        if self.speed > 1.0:
            passed = min(passed, _STEP_LIMIT)
        target = wall if self.caught_up else min(self.at + int(passed * self.speed), wall)
        self.at = max(self.at, target)
        self.caught_up = self.caught_up or target == wall
        return self.at

    def sleep_s(self, due: int) -> float:
        """How long until something is due."""
        if self.speed > 1.0 and not self.caught_up:
            return _STEP_S
        return min(max((due - self.at) / SECOND, 0.002), 1.0)


class Runner:
    """Moves one plant along a pace and shows it on one server."""

    def __init__(self, *, plant: Plant, server: PlantServer, pace: Pace) -> None:
        self._plant, self._server, self._pace = plant, server, pace
        self._truth: TruthFile | None = None
        self._sampled_at = 0  # simulated and wall time of the last process sample
        self._sampled_wall = 0
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stopping = False

    async def catch_up(self) -> None:
        """Live through the past up to the pace's start; its last day goes into the history."""
        plant, start = self._plant, self._pace.at
        latest: dict[tuple[int, int], Change] = {}
        begin = max(start - _HISTORY, plant.epoch)
        while plant.now < begin:
            latest |= _newest(plant.advance(min(plant.now + DAY, begin)).changes)
        changes = plant.advance(start).changes
        self._server.remember(merged([samples_of([*latest.values(), *changes])]))
        first = max(begin, start - self._server.history_limit * FINE)
        times = np.arange((first // FINE + 1) * FINE, start + 1, FINE, dtype=np.int64)
        self._server.remember(process_samples(plant, times))
        latest |= _newest(changes)
        for change in latest.values():
            await self._server.show(change)
        self._sampled_at, self._sampled_wall = start // SECOND * SECOND, wall_clock()
        for change in self._samples_at(self._sampled_at):
            await self._server.show(change)

    async def run(self, truth: str | None) -> None:
        """Step until stopped; then write down what still went on."""
        self._truth = TruthFile(truth, self._plant) if truth else None
        try:
            while not self._stopping:
                async with self._lock:
                    await self._step()
                await self._rest()
        finally:
            if self._truth:
                self._truth.close()

    def stop(self) -> None:
        """End the run soon."""
        self._stopping = True
        self._wake.set()

    async def operate(self, machine_id: str, action: str, kind: str) -> None:
        """What the methods do, at this very moment of simulated time."""
        async with self._lock:
            await self._step()
            if action == "InjectFault":
                self._plant.inject_fault(machine_id, kind)
            elif action == "Maintain":
                self._plant.maintain(machine_id)
            elif action == "ResetCounters":
                self._plant.reset_counters(machine_id)
            else:
                self._plant.roll_over(machine_id)
            await self._step()
        self._wake.set()

    async def _step(self) -> None:
        until = self._pace.tick()
        progress = self._plant.advance(until)
        changes = progress.changes + self._process_due(until)
        changes.sort(key=_time)
        for change in changes:
            await self._server.write(change)
        if self._truth and (progress.events or progress.pieces):
            self._truth.write(progress)

    async def _rest(self) -> None:
        next_second = (self._pace.at // SECOND + 1) * SECOND
        timeout = self._pace.sleep_s(min(next_second, self._plant.next_at()))
        if not self._stopping:
            self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), timeout)
        except TimeoutError:
            return

    def _process_due(self, until: int) -> list[Change]:
        """Process signals of each full second; in an accelerated run one a second of real time."""
        newest = until // SECOND * SECOND
        if newest <= self._sampled_at:
            return []
        wall = wall_clock()
        is_fast = self._pace.speed > 1.0 and not self._pace.caught_up
        if is_fast and wall - self._sampled_wall < SECOND:
            return []
        first = newest if is_fast else max(self._sampled_at // SECOND + 1, newest // SECOND - 9)
        first = first if is_fast else first * SECOND
        self._sampled_at, self._sampled_wall = newest, wall
        return [change for t in range(first, newest + 1, SECOND) for change in self._samples_at(t)]

    def _samples_at(self, t: int) -> list[Change]:
        samples = process_samples(self._plant, np.array([t], dtype=np.int64))
        return [
            (t, node // _FIELDS, node % _FIELDS, value)
            for node, value in zip(samples.node.tolist(), samples.value.tolist(), strict=True)
        ]


def _newest(changes: list[Change]) -> dict[tuple[int, int], Change]:
    return {(change[1], change[2]): change for change in changes}


def _time(change: Change) -> int:
    return change[0]
