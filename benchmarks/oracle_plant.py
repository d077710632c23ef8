"""A simulated plant whose future can be lived through many times over, each with other dice.

What an observer of the true state knows stays: states and causes, since when, wear, buffers, the
piece in work and those that wait, paces, the bearing's drift with its dates (its level and its law
give them away), breaks and what is maintained in them. What only the dice know is drawn again by
the plant's own laws, given that it has not happened yet:

- the exposure left to the next failure and the next micro-stop: exponential, so as if new;
- the exposure left to the next changeover: the rest of a gamma that is longer than what has passed;
- the rest of a stop that goes on: of its law and its cause, longer than it has lasted;
- when a slow spell ends and when the next one comes, likewise;
- the cycles of the pieces to come and which of them are defective.

The plant's inner parts are read and set here on purpose: nothing else can know that much.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from heapq import heapify
from typing import Any, TypeVar

import numpy as np

from plc_sim.kinds import ABORTED, EXECUTE, HELD, RESETTING, STARTING
from plc_sim.machine import Plant
from plc_sim.panel import Panel
from plc_sim.process import Trail
from plc_sim.station import CHANGEOVER, Station
from plc_sim.timetable import BREAK_US, HOUR

# As the plant draws them: minutes, and the shape of the exposure to a changeover.
CHANGEOVER_MIN, RESTART_MIN = (12, 25), (1, 3)
BEARING_MIN, NEW_BEARING_MIN = (40, 70), (100, 150)
FIRST_SLOW_MIN, NEXT_SLOW_MIN, SLOW_FOR_MIN = (30, 500), (150, 900), (20, 90)
CHANGEOVER_SHAPE = 6.0

Length = TypeVar("Length", int, float)


class KnownPlant(Plant):
    """Lives as any plant of its seed, and keeps in mind what its own state does not tell."""

    def __init__(self, *, seed: int, epoch: int, timezone: str, machines: int = 3) -> None:
        self.slow_since: dict[int, int] = {}
        self.changeover_drawn: dict[int, float] = {}
        super().__init__(seed=seed, epoch=epoch, timezone=timezone, machines=machines)

    def future(self, *dice: int) -> KnownPlant:
        """A copy of the present for which these dice are thrown; the plant itself is untouched."""
        other = deepcopy(self, self._replaced(dice))
        other._redraw_pace()
        for s in other.stations:
            # A fresh block of cycles and of defects; the piece in work keeps its end.
            s.drawn = len(s.cycles)
            s.next_cycle()
            other._redraw_stop(s)
            other._redraw_exposures(s)
        return other

    def _own_stop(self, s: Station, t: int) -> None:
        stop = s.next_stop
        super()._own_stop(s, t)
        if stop == CHANGEOVER:
            self.changeover_drawn[s.index] = s.to_stop[CHANGEOVER]

    def _slow_down(self, s: Station, t: int) -> None:
        self.slow_since[s.index] = t
        super()._slow_down(s, t)

    def _replaced(self, dice: tuple[int, ...]) -> dict[int, Any]:
        """By identity: what a copy gets instead of a copy, and what it may share unharmed."""
        shared = (self.timetable, self.ids, self.drift, self._order)
        memo: dict[int, Any] = {id(one): one for one in shared}
        planned = next(
            t for t, _, act, *_ in self._agenda if act in (self._break, self._night_break)
        )
        memo[id(self._breaks)] = self.timetable.breaks_from(planned + BREAK_US)
        memo[id(self._panel)] = Panel()
        for s in self.stations:
            memo |= {id(one): one for one in (s.kind, s.cycles, s.dice)}
            memo[id(s.fate)] = np.random.default_rng([*dice, s.index, 1])
            memo[id(s.pieces)] = np.random.default_rng([*dice, s.index, 2])
            memo[id(s.trail)] = _last_turn(s.trail)
        return memo

    def _redraw_pace(self) -> None:
        paces = (self._slow_down, self._normal_pace)
        self._agenda = [entry for entry in self._agenda if entry[2] not in paces]
        heapify(self._agenda)
        for s in self.stations:
            since = self.slow_since.get(s.index, self.epoch)
            law = NEXT_SLOW_MIN if s.index in self.slow_since else FIRST_SLOW_MIN
            self._at(since + self._longer(s, law, since), self._slow_down, s, -1)
            if s.pace != 1.0:
                ends = since + self._longer(s, SLOW_FOR_MIN, since)
                self._at(ends, self._normal_pace, s, -1)

    def _redraw_stop(self, s: Station) -> None:
        """The end of a failure, jam, changeover or restart that goes on."""
        if s.state in (ABORTED, HELD, RESETTING, STARTING):
            passed = self.now - s.since
            s.token += 1
            s.ends_at = s.since + _at_least(self._stop_law(s), passed)
            self._at(s.ends_at, self._stop_over, s, s.token)

    def _stop_law(self, s: Station) -> Callable[[], int]:
        """Draws lengths of the present stop; 0 where the dice fell on another cause."""
        if s.state == HELD:
            return lambda: _of_cause(s, *s.draw_jam())
        if s.state != ABORTED:
            return lambda: s.draw_minutes(*(RESTART_MIN if s.state == STARTING else CHANGEOVER_MIN))
        if s.cause == "bearing replaced":
            return lambda: s.draw_minutes(*NEW_BEARING_MIN)
        if s.cause == "bearing" and s.since == self.drift.failure:
            return lambda: s.draw_minutes(*BEARING_MIN)
        drift = self.drift.at(s.since) if s.index == self.drift.index else 0.0

        def failure() -> int:
            cause, length = s.draw_failure(drift=drift)
            return _of_cause(s, cause.name, length)

        return failure

    def _redraw_exposures(self, s: Station) -> None:
        """What is still to run before each kind of stop; a machine that runs is told when."""
        hours = (self.now - s.run_from) / HOUR if s.state == EXECUTE else 0.0
        spent = [rate * hours for rate in s.rates]
        left = [s.fate.exponential(), s.fate.exponential(), self._changeover(s, spent[CHANGEOVER])]
        s.to_stop = [float(one + gone) for one, gone in zip(left, spent, strict=True)]
        if s.state != EXECUTE:
            return
        due = [need / rate for need, rate in zip(left, s.rates, strict=True)]
        s.next_stop = min(range(3), key=due.__getitem__)
        s.token += 1
        after = max(int(due[s.next_stop] * HOUR), 1)
        self._at(self.now + after, self._own_stop, s, s.token)
        self._at(s.piece_end, self._piece_done, s, s.token)

    def _changeover(self, s: Station, spent: float) -> float:
        """The exposure left. Before the first changeover it was drawn like the others."""
        if s.index not in self.changeover_drawn:
            return float(s.fate.exponential())
        passed = self.changeover_drawn[s.index] - (s.to_stop[CHANGEOVER] - spent)
        law = partial(s.fate.gamma, CHANGEOVER_SHAPE, 1.0 / CHANGEOVER_SHAPE)
        return float(_at_least(law, passed) - passed)

    def _longer(self, s: Station, minutes: tuple[int, int], since: int) -> int:
        return _at_least(lambda: s.draw_minutes(*minutes), self.now - since)


def _at_least(law: Callable[[], Length], passed: float) -> Length:
    """A draw of the law, given that it is longer than what has passed (by rejection)."""
    while (length := law()) <= passed:
        pass
    return length


def _of_cause(s: Station, cause: str, length: int) -> int:
    return length if cause == s.cause else 0


def _last_turn(trail: Trail) -> Trail:
    """Signals of copies are not looked at; a turn needs no more than the one before it."""
    copy = Trail(trail.kind, trail.key)
    copy.times, copy.origins, copy.targets = (
        column[-1:] for column in (trail.times, trail.origins, trail.targets)
    )
    return copy
