"""What a tile and a page's head show: the live element in words, the shift's strip and figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from amis.interval import Interval
from production.figures.strip import Stretch, strip
from production.models import Machine
from production.selectors.machines import shift_calendar
from production.selectors.states import minutes_by_kind, ticks_of
from production.shopfloor.packml import STATES, TimeClass, time_class
from production.shopfloor.shifts import PlannedShift

TONES = {
    TimeClass.APT: ("running", "Running", "play"),
    TimeClass.AUST: ("changeover", "Set-up", "arrow-left-right"),
    TimeClass.ADET: ("down", "Down", "octagon-alert"),
    TimeClass.ADOT: ("idle", "Idle", "pause"),
    TimeClass.NO_DATA: ("none", "No data", "circle-dashed"),
}
WORDS = {
    "running": "run",
    "slow": "slow",
    "down": "down",
    "changeover": "set-up",
    "planned": "break",
    "idle": "idle",
    "no_data": "no data",
}
# Worst first: down, no data, set-up, idle, running.
ORDER = {"down": 0, "none": 1, "changeover": 2, "idle": 3, "running": 4}


def state_words() -> dict[str, tuple[str, str, str]]:
    """PackML state → (tone, word, icon), for the page's script; '' is no data."""
    return {name: TONES[time_class(name)] for name in ["", *STATES.values()]}


def shift_now(machines: list[Machine], *, timezone: str, now: datetime) -> PlannedShift | None:
    """The running shift of the first machine that has one."""
    for machine in machines:
        calendar = shift_calendar(machine, timezone=timezone)
        if calendar and (shift := calendar.at(now)):
            return shift
    return None


def shift_passed(shift: PlannedShift | None, now: datetime) -> float:
    """The share of the shift that has passed."""
    if shift is None:
        return 0.0
    return (now - shift.interval.start) / (shift.interval.end - shift.interval.start)


def tile(
    machine: Machine,
    element: dict[str, Any],
    *,
    stretches: list[Stretch],
    interval: Interval,
    timezone: str,
    now: datetime,
) -> dict[str, Any]:
    """The context of one tile."""
    tone, word, icon = TONES[time_class(element["state"])]
    sums = minutes_by_kind(stretches)
    return {
        "machine": machine,
        "live": element,
        "tone": tone,
        "word": word,
        "icon": icon,
        "state": (element["state"] or "no-data").lower(),
        "strip": strip(
            stretches,
            start=interval.start.timestamp(),
            end=interval.end.timestamp(),
            now=now.timestamp(),
            ticks=ticks_of(interval, timezone=timezone),
            title=_("States of %(name)s in this shift") % {"name": machine.machine_name},
        ),
        "sums": [(kind, WORDS[kind], minutes) for kind, minutes in sums.items()],
        "total": sum(sums.values()),
        "rate": _signal(element, "speed"),
        "ideal_rate": 60 / machine.pri_s if machine.pri_s else None,
    }


def worst_first(tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Down and silent machines first, then the lower OEE."""

    def rank(one: dict[str, Any]) -> tuple[int, float]:
        oee = (one["live"]["shift"] or {}).get("oee")
        return ORDER[one["tone"]], 2.0 if oee is None else oee

    return sorted(tiles, key=rank)


def _signal(element: dict[str, Any], name: str) -> Any:
    return (element["signals"].get(name) or {}).get("value")
