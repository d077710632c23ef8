"""The plant model: pure, seeded, event-driven; its state depends on seed, epoch, time and calls."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

import numpy as np

from plc_sim.kinds import (
    ABORTED,
    BUFFER_PIECES,
    EXECUTE,
    FAULTS,
    HELD,
    IDLE,
    INT32_MAX,
    MACHINES_PER_LINE,
    RESETTING,
    RESUME_PIECES,
    STARTING,
    STOPPED,
    SUSPENDED,
    kind_of,
    machine_ids,
)
from plc_sim.panel import Change, Event, Panel, Progress, ended, shown
from plc_sim.process import Floats, Micros
from plc_sim.station import FAILURE, MICRO_STOP, Drift, Station
from plc_sim.timetable import BREAK_US, MINUTE, Timetable

Action = Callable[[Station, int], None]
_ALWAYS = -1  # token of an event that no change of state cancels
_SERVICE_WEAR = 0.8  # from here on the next night break is used for maintenance


class Plant:
    """Lines of three machines with buffers between them. Times are microseconds UTC."""

    def __init__(self, *, seed: int, epoch: int, timezone: str, machines: int = 3) -> None:
        self.epoch = self.now = epoch
        self.timetable = Timetable(timezone)
        self.ids = machine_ids(machines)
        self.drift = Drift.of(seed=seed, epoch=epoch)
        self._agenda: list[tuple[int, int, Action, Station, int]] = []
        self._order = count()
        self._panel = Panel()
        self._break_until = 0
        self.stations = [
            Station(index=i, machine_id=name, kind=kind_of(i), seed=seed, since=epoch)
            for i, name in enumerate(self.ids)
        ]
        self._breaks = self.timetable.breaks_from(epoch)
        self._link_lines()
        self._open(epoch)

    def advance(self, until: int) -> Progress:
        """Let the plant live up to and including an instant."""
        if until < self.now:
            raise ValueError("A plant cannot go back in time.")
        agenda = self._agenda
        while agenda and agenda[0][0] <= until:
            self.now, _, act, station, token = heappop(agenda)
            if token in (station.token, _ALWAYS):
                act(station, self.now)
        self.now = until
        return self._panel.take()

    def next_at(self) -> int:
        """When the next event is due: nothing changes before."""
        return self._agenda[0][0]

    def shown(self) -> list[Change]:
        """The present value of every node but the process signals."""
        return [row for s in self.stations for row in shown(s, self.now)]

    def open_states(self) -> list[Event]:
        """The states (and stops) that still go on, as if they ended now."""
        return [event for s in self.stations for event in ended(s, self.now)]

    def signals_at(self, machine_id: str, times: Micros) -> Floats:
        """Temperature °C, vibration mm/s, pressure bar, power kW (rows) at ascending instants."""
        s = self._station(machine_id)
        drift = np.zeros(len(times))
        if s.index == self.drift.index and times[-1] >= self.drift.start:
            drift = np.array([self.drift.at(int(t)) for t in times])
        return s.trail.values(times, drift)

    def drift_event(self) -> Event:
        """The bearing drift of this plant with its dates, past or to come."""
        drift = self.drift
        name = machine_ids(drift.index + 1)[-1]
        return Event(name, "fault", drift.start, drift.replaced, None, "bearing drift")

    def inject_fault(self, machine_id: str, kind: str) -> None:
        """Make a machine fail now. A longer stop that goes on already is not cut short."""
        s, t = self._station(machine_id), self.now
        if kind not in FAULTS:
            raise ValueError(f"Unknown fault '{kind}': choose one of {', '.join(sorted(FAULTS))}.")
        state, minutes = FAULTS[kind]
        end = t + int(minutes * MINUTE)
        self._panel.events.append(Event(s.machine_id, "fault", t, end, state, kind))
        if kind == "scrap":
            s.rejects_left = 15
        elif kind == "slow":
            self._panel.set_pace(s, t, 0.6)
            self._at(end, self._normal_pace, s, _ALWAYS)
        elif state is not None and not (s.state in (ABORTED, HELD) and s.ends_at >= end):
            s.repaired_wear = 1.0
            self._timed(s, t, state, kind, end - t)

    def maintain(self, machine_id: str) -> None:
        """Stop a machine for 15 minutes of maintenance, which takes its wear away."""
        s = self._station(machine_id)
        self._service(s, self.now, self.now + 15 * MINUTE)

    def reset_counters(self, machine_id: str) -> None:
        """Both counters start again at 0."""
        self._panel.set_counters(self._station(machine_id), self.now, 0, 0)

    def roll_over(self, machine_id: str) -> None:
        """Both counters jump to just below 2147483647, after which they go on at 0."""
        self._panel.set_counters(self._station(machine_id), self.now, INT32_MAX - 3, INT32_MAX - 1)

    # -- the inner life, in the order of a machine's day --

    def _link_lines(self) -> None:
        for before, after in zip(self.stations, self.stations[1:], strict=False):
            if after.index % MACHINES_PER_LINE:
                before.customer, after.supply = after, before
                after.queue = BUFFER_PIECES // 2

    def _open(self, t: int) -> None:
        for s in self.stations:
            s.trail.turn(t, IDLE, s.wear, s.pace)
            self._at(t + s.draw_minutes(30, 500), self._slow_down, s, _ALWAYS)
        self._plan_break()
        first = self.stations[0]
        if self._agenda[0][0] <= t:
            self.now, _, act, *_ = heappop(self._agenda)
            act(first, t)
            self.now = t
        for s in self.stations:
            self._resume(s, t)
        if self.drift.index < len(self.stations):
            bearing = self.stations[self.drift.index]
            self._at(self.drift.failure, self._bearing_fails, bearing, _ALWAYS)
            self._at(self.drift.replaced, self._bearing_replaced, bearing, _ALWAYS)
        self._panel = Panel(changes=self.shown())

    def _at(self, t: int, act: Action, s: Station, token: int) -> None:
        heappush(self._agenda, (t, next(self._order), act, s, token))

    def _plan_break(self) -> None:
        start, is_night = next(self._breaks)
        act = self._night_break if is_night else self._break
        self._at(start, act, self.stations[0], _ALWAYS)

    def _night_break(self, first: Station, t: int) -> None:
        for s in self.stations:
            if s.wear >= _SERVICE_WEAR and s.state in (EXECUTE, SUSPENDED):
                self._service(s, t, t + BREAK_US)
        self._break(first, t)

    def _break(self, first: Station, t: int) -> None:
        self._break_until = t + BREAK_US
        self._at(self._break_until, self._break_over, first, _ALWAYS)
        self._plan_break()
        for s in self.stations:
            if s.state in (EXECUTE, SUSPENDED):
                self._panel.enter(s, t, IDLE, "break")

    def _break_over(self, first: Station, t: int) -> None:
        for s in self.stations:
            if s.state == IDLE and t >= self._break_until:
                self._resume(s, t)

    def _resume(self, s: Station, t: int) -> None:
        """Go on: in a break idle, behind a full buffer blocked, without a piece starved, or run."""
        if t < self._break_until:
            self._panel.enter(s, t, IDLE, "break")
            return
        if s.holding and not self._unload(s, t):
            return
        if s.left == 0 and not self._take(s, t):
            return
        self._panel.enter(s, t, EXECUTE, "")
        drift = self.drift.at(t) if s.index == self.drift.index else 0.0
        due = s.begin_run(t, monday=self.timetable.is_monday(t), drift=drift)
        s.piece_end = t + s.left
        self._at(due, self._own_stop, s, s.token)
        self._at(s.piece_end, self._piece_done, s, s.token)

    def _piece_done(self, s: Station, t: int) -> None:
        s.piece_end = 0
        is_bad = s.count_piece()
        self._panel.count(s, t, is_bad=is_bad)
        s.holding = not is_bad
        if s.holding and not self._unload(s, t):
            return
        if self._take(s, t):
            s.piece_end = t + s.left
            self._at(s.piece_end, self._piece_done, s, s.token)

    def _unload(self, s: Station, t: int) -> bool:
        """Hand the good piece on, or wait blocked."""
        after = s.customer
        if after is not None:
            if after.queue >= BUFFER_PIECES:
                self._panel.enter(s, t, SUSPENDED, "blocked")
                return False
            after.queue += 1
            if after.starved and after.queue >= RESUME_PIECES:
                self._resume(after, t)
        s.holding = False
        return True

    def _take(self, s: Station, t: int) -> bool:
        """Take the next piece in, or wait starved."""
        before = s.supply
        if before is not None:
            if s.queue == 0:
                self._panel.enter(s, t, SUSPENDED, "starved")
                return False
            s.queue -= 1
            if before.blocked and s.queue <= BUFFER_PIECES - RESUME_PIECES:
                self._resume(before, t)
        s.left = s.next_cycle()
        return True

    def _own_stop(self, s: Station, t: int) -> None:
        stop = s.next_stop
        if stop == FAILURE:
            drift = self.drift.at(t) if s.index == self.drift.index else 0.0
            cause, length = s.draw_failure(drift=drift)
            s.repaired_wear = cause.wear_left
            self._timed(s, t, ABORTED, cause.name, length)
        elif stop == MICRO_STOP:
            jam, length = s.draw_jam()
            self._timed(s, t, HELD, jam, length)
        else:
            self._timed(s, t, RESETTING, "changeover", s.draw_minutes(12, 25))
        s.draw_exposure(stop)

    def _timed(self, s: Station, t: int, state: int, cause: str, length: int) -> None:
        self._panel.enter(s, t, state, cause)
        s.ends_at = t + length
        self._at(s.ends_at, self._stop_over, s, s.token)

    def _stop_over(self, s: Station, t: int) -> None:
        if s.state == ABORTED:
            s.wear *= s.repaired_wear
            s.rejects_left = 6
            self._timed(s, t, STARTING, "restart", s.draw_minutes(1, 3))
            return
        if s.state == RESETTING:
            s.rejects_left = 8
        elif s.state == STOPPED:
            s.renew()
        self._resume(s, t)

    def _service(self, s: Station, t: int, until: int) -> None:
        self._timed(s, t, STOPPED, "maintenance", until - t)

    def _bearing_fails(self, s: Station, t: int) -> None:
        s.repaired_wear = 1.0
        self._timed(s, t, ABORTED, "bearing", s.draw_minutes(40, 70))

    def _bearing_replaced(self, s: Station, t: int) -> None:
        s.repaired_wear = 0.2
        self._timed(s, t, ABORTED, "bearing replaced", s.draw_minutes(100, 150))

    def _slow_down(self, s: Station, t: int) -> None:
        self._panel.set_pace(s, t, round(float(s.fate.uniform(0.76, 0.92)), 3))
        self._at(t + s.draw_minutes(20, 90), self._normal_pace, s, _ALWAYS)
        self._at(t + s.draw_minutes(150, 900), self._slow_down, s, _ALWAYS)

    def _normal_pace(self, s: Station, t: int) -> None:
        self._panel.set_pace(s, t, 1.0)

    def _station(self, machine_id: str) -> Station:
        return self.stations[self.ids.index(machine_id)]
