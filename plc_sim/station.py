"""One simulated machine: its random streams, wear, piece in work and due stops."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from plc_sim.kinds import IDLE, INT32_MAX, PRODUCTION, Cause, Kind
from plc_sim.process import Trail
from plc_sim.timetable import DAY, HOUR, MINUTE, SECOND

FAILURE, MICRO_STOP, CHANGEOVER = range(3)
_BLOCK = 4096
_WEAR_PER_HOUR = 1.0 / (11.0 * 20.0)  # about eleven days of running to full wear
_MONDAY = (1.9, 1.7, 1.0)  # how much likelier each kind of stop is on a Monday


@dataclass(slots=True)
class Station:
    """Mutable state of one machine; the plant moves it from event to event."""

    index: int
    machine_id: str
    kind: Kind
    seed: int
    supply: Station | None = None
    customer: Station | None = None
    # what the nodes show
    state: int = IDLE
    cause: str = ""
    since: int = 0
    processed: int = 0
    defective: int = 0
    blocked: bool = False
    starved: bool = False
    mode: int = PRODUCTION
    pace: float = 1.0
    # the piece in work, and those that wait in front
    queue: int = 0
    holding: bool = False
    left: int = 0
    piece_end: int = 0
    rejects_left: int = 0
    chance: float = 0.02
    # wear, and what is still to run (in units of hazard) before each kind of stop
    wear: float = 0.3
    repaired_wear: float = 1.0
    token: int = 0
    ends_at: int = 0
    run_from: int = 0
    next_stop: int = 0
    rates: tuple[float, float, float] = (0.0, 0.0, 0.0)
    to_stop: list[float] = field(default_factory=list)
    cycles: list[int] = field(default_factory=list)
    dice: list[float] = field(default_factory=list)
    drawn: int = _BLOCK
    trail: Trail = field(init=False)
    pieces: np.random.Generator = field(init=False)
    fate: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.pieces = np.random.default_rng([self.seed, self.index, 1])
        self.fate = np.random.default_rng([self.seed, self.index, 2])
        self.trail = Trail(self.kind, (self.seed * 1_000_003 + self.index * 7919) % 2**60)
        self.to_stop = [self.fate.exponential() for _ in range(3)]
        self.wear = float(self.fate.uniform(0.1, 0.6))

    def next_cycle(self) -> int:
        """Microseconds of work in the next piece: never quite ideal, longer at a reduced pace."""
        if self.drawn >= _BLOCK - 1:
            stretch = 0.985 + self.pieces.gamma(2.0, 0.02, _BLOCK)
            self.cycles = (stretch * self.kind.cycle_us).astype(np.int64).tolist()
            self.dice = self.pieces.random(_BLOCK).tolist()
            self.drawn = -1
        self.drawn += 1
        cycle = self.cycles[self.drawn]
        return cycle if self.pace == 1.0 else int(cycle / self.pace)

    def count_piece(self) -> bool:
        """Count the finished piece; True when it is defective."""
        self.left = 0
        chance = self.chance
        if self.rejects_left:
            self.rejects_left -= 1
            chance += 0.25
        self.processed = self.processed + 1 if self.processed < INT32_MAX else 0
        if self.dice[self.drawn] >= chance:
            return False
        self.defective = self.defective + 1 if self.defective < INT32_MAX else 0
        return True

    def begin_run(self, t: int, *, monday: bool, drift: float) -> int:
        """Start running; returns when the next stop of its own is due."""
        wear2 = self.wear * self.wear
        rates = (0.014 + 0.10 * wear2 + 0.35 * drift**4, 0.75 + 0.9 * wear2, 1.0 / 11.0)
        if monday:
            rates = (rates[0] * _MONDAY[0], rates[1] * _MONDAY[1], rates[2])
        hours = [need / rate for need, rate in zip(self.to_stop, rates, strict=True)]
        self.rates, self.run_from = rates, t
        self.next_stop = min(range(3), key=hours.__getitem__)
        self.chance = 0.016 + 0.014 * self.wear + 0.02 * drift + (0.004 if monday else 0.0)
        return t + max(int(hours[self.next_stop] * HOUR), 1)

    def end_run(self, t: int) -> None:
        """Leave the run: age, and keep what is left of the piece in work."""
        hours = (t - self.run_from) / HOUR
        self.wear += hours * _WEAR_PER_HOUR
        self.to_stop = [
            max(need - rate * hours, 1e-9)
            for need, rate in zip(self.to_stop, self.rates, strict=True)
        ]
        if self.piece_end:
            self.left = max(self.piece_end - t, 1)
            self.piece_end = 0

    def draw_exposure(self, stop: int) -> None:
        """A stop has come: draw how long until the next of its kind."""
        shape = 6.0 if stop == CHANGEOVER else 1.0
        self.to_stop[stop] = float(self.fate.gamma(shape, 1.0 / shape))

    def draw_failure(self, *, drift: float) -> tuple[Cause, int]:
        """Which failure, and for how long: a worn bearing leaves little choice."""
        median = self.fate.lognormal(0.0, 0.55)
        if self.fate.random() < drift**4:
            cause = Cause("bearing", 1.0, 34, 1.0)
        else:
            weights = [cause.weight for cause in self.kind.causes]
            cause = self.kind.causes[int(self.fate.choice(len(weights), p=weights))]
        return cause, int(min(median, 4.0) * cause.median_min * MINUTE)

    def draw_jam(self) -> tuple[str, int]:
        """A micro-stop: why, and for how long (10 to 110 s)."""
        jam = self.kind.jams[int(self.fate.integers(len(self.kind.jams)))]
        return jam, int((10.0 + 100.0 * self.fate.beta(1.5, 2.6)) * SECOND)

    def draw_minutes(self, low: float, high: float) -> int:
        """A length between two numbers of minutes, in microseconds."""
        return int(self.fate.uniform(low, high) * MINUTE)

    def renew(self) -> None:
        """Maintenance: nearly no wear is left."""
        self.wear = float(self.fate.uniform(0.0, 0.06))


@dataclass(frozen=True, slots=True)
class Drift:
    """A bearing that wears out: ten days of rising vibration, a cluster of failures, a new one."""

    index: int
    start: int
    failure: int
    replaced: int

    @classmethod
    def of(cls, *, seed: int, epoch: int) -> Drift:
        """The one drift of a plant: on M002, its first failure 156 to 163 days after the epoch."""
        rng = np.random.default_rng([seed, 99])
        failure = epoch + int(rng.uniform(156.0, 163.0) * DAY)
        return cls(1, failure - 10 * DAY, failure, failure + 36 * HOUR)

    def at(self, t: int) -> float:
        """0 before it begins and after the repair, 1 from the first failure on."""
        if t < self.start or t >= self.replaced:
            return 0.0
        share = min((t - self.start) / (self.failure - self.start), 1.0)
        return share * share
