"""What a PLC shows of a machine: every write of a node, and what truly happened behind it."""

from __future__ import annotations

from dataclasses import dataclass, field

from plc_sim.kinds import (
    BLOCKED,
    DEFECTIVE,
    DESIGN_SPEED,
    EXECUTE,
    IDLE,
    MAINTENANCE,
    MODE,
    PROCESSED,
    PRODUCTION,
    SPEED,
    STARVED,
    STATE,
    STOPPED,
    SUSPENDED,
)
from plc_sim.station import Station

Change = tuple[int, int, int, float]  # time, machine's index, field, value: one write of a node
Piece = tuple[int, int, bool]  # time, machine's index, is defective


@dataclass(frozen=True, slots=True)
class Event:
    """What truly happened: a state or stop that ended, a fault, or pieces that were counted."""

    machine_id: str
    kind: str
    start: int
    end: int
    state: int | None = None
    cause: str = ""
    pieces: int = 0
    scrap: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything between two instants, in time order: node writes, events, finished pieces."""

    changes: list[Change]
    events: list[Event]
    pieces: list[Piece]


@dataclass(slots=True)
class Panel:
    """Collects writes and events until somebody takes them."""

    changes: list[Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def take(self) -> Progress:
        """Hand over what was collected, and collect anew."""
        progress = Progress(self.changes, self.events, self.pieces)
        self.changes, self.events, self.pieces = [], [], []
        return progress

    def enter(self, s: Station, t: int, state: int, cause: str) -> None:
        """Move a machine into a state; whatever was planned for the old one is void."""
        if s.state == EXECUTE:
            s.end_run(t)
        s.token += 1
        if (state, cause) != (s.state, s.cause):
            self.events += ended(s, t)
            s.since, s.cause = t, cause
        changed, s.state = state != s.state, state
        self._show_reason(s, t)
        if changed:
            s.trail.turn(t, state, s.wear, s.pace)
            self.changes.append((t, s.index, SPEED, _speed(s)))
            self.changes.append((t, s.index, STATE, state))

    def count(self, s: Station, t: int, *, is_bad: bool) -> None:
        """Show the counters after a piece. The total comes last: a reader of it sees both."""
        self.pieces.append((t, s.index, is_bad))
        if is_bad:
            self.changes.append((t, s.index, DEFECTIVE, s.defective))
        self.changes.append((t, s.index, PROCESSED, s.processed))

    def set_counters(self, s: Station, t: int, processed: int, defective: int) -> None:
        """Write both counters, as an operator does."""
        s.processed, s.defective = processed, defective
        self.changes.append((t, s.index, DEFECTIVE, defective))
        self.changes.append((t, s.index, PROCESSED, processed))

    def set_pace(self, s: Station, t: int, pace: float) -> None:
        """The next pieces run at this share of the design speed."""
        s.pace = pace
        s.trail.turn(t, s.state, s.wear, pace)
        if s.state == EXECUTE:
            self.changes.append((t, s.index, SPEED, _speed(s)))

    def _show_reason(self, s: Station, t: int) -> None:
        """The flags and the unit mode that belong to the state."""
        blocked = s.state == SUSPENDED and s.cause == "blocked"
        starved = s.state == SUSPENDED and s.cause == "starved"
        mode = MAINTENANCE if s.state == STOPPED else PRODUCTION
        if blocked != s.blocked:
            s.blocked = blocked
            self.changes.append((t, s.index, BLOCKED, blocked))
        if starved != s.starved:
            s.starved = starved
            self.changes.append((t, s.index, STARVED, starved))
        if mode != s.mode:
            s.mode = mode
            self.changes.append((t, s.index, MODE, mode))


def shown(s: Station, t: int) -> list[Change]:
    """The present value of a machine's nodes but the process signals."""
    return [
        (t, s.index, STATE, s.state),
        (t, s.index, PROCESSED, s.processed),
        (t, s.index, DEFECTIVE, s.defective),
        (t, s.index, SPEED, _speed(s)),
        (t, s.index, BLOCKED, s.blocked),
        (t, s.index, STARVED, s.starved),
        (t, s.index, MODE, s.mode),
        (t, s.index, DESIGN_SPEED, s.kind.design_speed),
    ]


def ended(s: Station, t: int) -> list[Event]:
    """The state that ends now, and the stop that it was unless the machine ran or idled."""
    if t <= s.since:
        return []
    events = [Event(s.machine_id, "state", s.since, t, s.state, s.cause)]
    if s.state not in (EXECUTE, IDLE):
        events.append(Event(s.machine_id, "stop", s.since, t, s.state, s.cause))
    return events


def _speed(s: Station) -> float:
    return round(s.kind.design_speed * s.pace, 4) if s.state == EXECUTE else 0.0
