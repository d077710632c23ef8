"""What to do before the next shift: each recommendation from a machine's own figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.ml.remedies import remedy

Priority = Literal["high", "medium", "low"]
PRIORITIES: tuple[Priority, ...] = ("high", "medium", "low")

NO_REASON = ("", "no reason given")
"""How a stop without a reason is called."""
MOST_A_MACHINE = 2
MAIN_SHARE, MAIN_MIN, CHRONIC_MIN = 0.35, 10.0, 60.0
"""A reason is the main one from this share of the minutes; told from so many minutes on, and from
so many even for a machine that is at no risk.
"""
UNNAMED_SHARE, UNNAMED_MIN = 0.5, 30.0
FACTOR_MIN = 3.0
"""Minutes that a factor must add before it is a reason to do something."""
MAINTAINED_DAYS, MAINTAINED_STOPS = 30.0, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineOutlook:
    """A machine's next shift and its last days. `risk` is low, medium, high or critical.

    `factors` are (key, label, minutes that it adds to the usual); `stops` are (reason, how many,
    minutes) of all reasons in the window; `last_maintenance` is days ago, None when unknown;
    `open_anomalies` are sentences, the newest or worst first.
    """

    machine_id: str
    machine_name: str
    risk: str
    p_downtime_30: float
    expected_min: float
    down_now: bool
    factors: tuple[tuple[str, str, float], ...] = ()
    stops: tuple[tuple[str, int, float], ...] = ()
    last_maintenance: float | None = None
    open_anomalies: tuple[str, ...] = ()

    @property
    def is_at_risk(self) -> bool:
        return self.risk != "low"

    @property
    def stopped_min(self) -> float:
        return sum(minutes for _, _, minutes in self.stops)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """`text` says what to do and the figure behind it, `because` what else speaks for it."""

    priority: Priority
    machine_id: str
    text: str
    because: str


@dataclass(frozen=True, slots=True)
class _Window:
    days: int
    shift: str


def recommendations(
    machines: Sequence[MachineOutlook], *, limit: int = 8, days: int = 7, shift: str = ""
) -> list[Recommendation]:
    """The most urgent first: by priority, then by expected minutes; empty when nothing is to say.

    `days` is the window of the stops, `shift` the name of the next shift.
    """
    window = _Window(days, f"the {shift} shift" if shift else "the next shift")
    found: list[tuple[int, float, str, int, Recommendation]] = []
    for machine in machines:
        own = sorted(_of(machine, window), key=lambda one: PRIORITIES.index(one.priority))
        for place, one in enumerate(own[:MOST_A_MACHINE]):
            urgency = PRIORITIES.index(one.priority)
            found.append((urgency, -machine.expected_min, machine.machine_id, place, one))
    return [one for *_, one in sorted(found, key=lambda entry: entry[:4])[:limit]]


def _of(machine: MachineOutlook, window: _Window) -> Iterator[Recommendation]:
    main = _main_reason(machine)
    yield from _restart(machine, window, main)
    yield from _inspect(machine, window)
    if main and not machine.down_now:
        yield from _remedy(machine, window, main)
    yield from _by_factor(machine, window, has_main=main is not None)
    yield from _maintain(machine, window)
    yield from _name_stops(machine, window)


def _restart(
    machine: MachineOutlook, window: _Window, main: tuple[str, int, float] | None
) -> Iterator[Recommendation]:
    if not machine.down_now:
        return
    standing = _factor(machine, "standing")
    since = f" ({_lower(standing)})" if standing else ""
    text = (
        f"Get {machine.machine_id} running{since}: {machine.expected_min:.0f} min of downtime are"
        f" expected in {window.shift}"
    )
    why = f"{_made(machine, window, main)}: {remedy(main[0])} first" if main else ""
    yield Recommendation("high", machine.machine_id, text, why or _chance(machine, window))


def _inspect(machine: MachineOutlook, window: _Window) -> Iterator[Recommendation]:
    if not machine.open_anomalies:
        return
    first, *others = machine.open_anomalies
    more = f"; {len(others)} more odd events are open" if len(others) > 1 else ""
    more = "; one more odd event is open" if len(others) == 1 else more
    yield Recommendation(
        "high" if machine.risk in ("high", "critical") else "medium",
        machine.machine_id,
        f"{first}: inspect {machine.machine_id} before {window.shift}, then confirm or dismiss it",
        _chance(machine, window) + more,
    )


def _remedy(
    machine: MachineOutlook, window: _Window, main: tuple[str, int, float]
) -> Iterator[Recommendation]:
    if not machine.is_at_risk and main[2] < CHRONIC_MIN:
        return
    text = f"{_made(machine, window, main)}: {remedy(main[0])} before {window.shift}"
    yield Recommendation(
        _priority(machine), machine.machine_id, text, _chance(machine, window, with_factor=True)
    )


def _by_factor(
    machine: MachineOutlook, window: _Window, *, has_main: bool
) -> Iterator[Recommendation]:
    """The largest factor that somebody can act on, unless the stops have already said it."""
    todo = {
        "output": f"check the quality of {machine.machine_id} before {window.shift}",
        "process": f"look for the cause on {machine.machine_id} before {window.shift}",
    }
    if not has_main:
        todo["recent"] = f"look for what stopped {machine.machine_id}"
    adding = [one for one in machine.factors if one[0] in todo and one[2] >= FACTOR_MIN]
    if not adding or not machine.is_at_risk:
        return
    key, label, minutes = max(adding, key=lambda one: one[2])
    because = f"It adds {minutes:.0f} min to what is usual; {_lower(_chance(machine, window))}"
    yield Recommendation(
        _priority(machine), machine.machine_id, f"{_upper(label)}: {todo[key]}", because
    )


def _maintain(machine: MachineOutlook, window: _Window) -> Iterator[Recommendation]:
    ago, stops = machine.last_maintenance, sum(count for _, count, _ in machine.stops)
    if ago is None or ago < MAINTAINED_DAYS or stops < MAINTAINED_STOPS or not machine.is_at_risk:
        return
    text = (
        f"{machine.machine_id} stopped {stops} times in {window.days} days and was last maintained"
        f" {ago:.0f} days ago: bring its maintenance forward"
    )
    yield Recommendation(_priority(machine), machine.machine_id, text, _chance(machine, window))


def _name_stops(machine: MachineOutlook, window: _Window) -> Iterator[Recommendation]:
    total = machine.stopped_min
    unnamed = sum(minutes for reason, _, minutes in machine.stops if reason in NO_REASON)
    if unnamed < UNNAMED_MIN or unnamed < UNNAMED_SHARE * total:
        return
    text = (
        f"{unnamed:.0f} of {total:.0f} min of {machine.machine_id}'s stops in {window.days} days"
        " have no reason: name them"
    )
    yield Recommendation(
        "low", machine.machine_id, text, "What has no name cannot be compared or removed"
    )


def _main_reason(machine: MachineOutlook) -> tuple[str, int, float] | None:
    named = [stop for stop in machine.stops if stop[0] not in NO_REASON]
    if not named:
        return None
    main = max(named, key=lambda stop: (stop[2], stop[1]))
    is_main = main[2] >= max(MAIN_MIN, MAIN_SHARE * machine.stopped_min)
    return main if is_main else None


def _made(machine: MachineOutlook, window: _Window, main: tuple[str, int, float]) -> str:
    """The reason's part, like "Jam (9 times) made 62 of 140 min of M002's stops in 7 days"."""
    reason, count, minutes = main
    often = "once" if count == 1 else f"{count} times"
    return (
        f"{_upper(reason)} ({often}) made {minutes:.0f} of {machine.stopped_min:.0f} min of"
        f" {machine.machine_id}'s stops in {window.days} days"
    )


def _chance(machine: MachineOutlook, window: _Window, *, with_factor: bool = False) -> str:
    chance = (
        f"{machine.p_downtime_30 * 100:.0f} % chance of 30 min of downtime or more in"
        f" {window.shift}, {machine.expected_min:.0f} min expected"
    )
    adding = [one for one in machine.factors if one[2] >= FACTOR_MIN and one[0] != "plan"]
    if not with_factor or not adding:
        return chance
    _, label, minutes = max(adding, key=lambda one: one[2])
    return f"{chance}; {_lower(label)} (+{minutes:.0f} min)"


def _priority(machine: MachineOutlook) -> Priority:
    if machine.risk in ("high", "critical"):
        return "high"
    return "medium" if machine.risk == "medium" else "low"


def _factor(machine: MachineOutlook, key: str) -> str:
    return next((label for name, label, _ in machine.factors if name == key), "")


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
