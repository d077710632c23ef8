"""What a tile and a page's head show: the live element in words, the shift's strip and figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from amis.interval import Interval
from analytics.templatetags.figures import duration, pieces
from production.figures.bars import passing_bar
from production.figures.curves import Points, sparkline
from production.figures.strip import Stretch, merged, strip
from production.models import Machine
from production.selectors.machines import shift_calendar
from production.selectors.states import minutes_by_kind, ticks_of
from production.shopfloor.packml import STATES, TimeClass, time_class
from production.shopfloor.shifts import PlannedShift

TONES = {
    TimeClass.APT: ("running", "Running", "play"),
    TimeClass.AUST: ("changeover", "Changeover", "arrow-left-right"),
    TimeClass.ADET: ("down", "Down", "octagon-alert"),
    TimeClass.ADOT: ("idle", "Idle", "pause"),
    TimeClass.NO_DATA: ("none", "No data", "circle-dashed"),
}
# kind of stretch → word under a tile's strip, word of the legend
WORDS = {
    "running": ("run", "Running"),
    "slow": ("slow", "Slow"),
    "down": ("down", "Down"),
    "changeover": ("changeover", "Changeover"),
    "planned": ("break", "Planned break"),
    "idle": ("idle", "Idle"),
    "no_data": ("no data", "No data"),
}
# Worst first: down, no data, changeover, idle, running.
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


def shift_progress(shift: PlannedShift | None, now: datetime) -> dict[str, Any]:
    """The running shift for the page's bar: itself, how much has passed, and what is left."""
    if shift is None:
        return {"shift": None}
    whole = shift.interval

    def share(moment: datetime) -> float:
        return (moment - whole.start) / (whole.end - whole.start)

    left = duration((whole.end - now).total_seconds())
    title = _("%(left)s left of the shift") % {"left": left}
    pauses = [(share(pause.start), share(pause.end)) for pause in shift.breaks]
    return {
        "shift": shift,
        "shift_bar": passing_bar(share(now), pauses, title=title),
        "shift_left": left,
    }


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
    stretches = merged(stretches)
    sums = whole_minutes(minutes_by_kind(stretches))
    said = ", ".join(f"{WORDS[kind][0]} {minutes}" for kind, minutes in sums.items())
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
            title=_("%(name)s this shift in minutes: %(said)s")
            % {"name": machine.machine_name, "said": said},
        ),
        "sums": [(kind, WORDS[kind][0], minutes) for kind, minutes in sums.items()],
        "total": sum(sums.values()),
        "last_stop": _last_stop(stretches, now),
        "ideal_rate": 60 / machine.pri_s if machine.pri_s else None,
    }


def _last_stop(stretches: list[Stretch], now: datetime) -> Stretch | None:
    """The newest stop of a strip that is over."""
    over = now.timestamp() - 1
    return next((s for s in reversed(stretches) if s.kind == "down" and s.end < over), None)


def rate(one: dict[str, Any], signal: str, points: Points) -> dict[str, Any]:
    """What a tile says of its speed: now (nothing where no data arrive) and over the shift."""
    value = (one["live"]["signals"].get(signal) or {}).get("value")
    ideal = one["ideal_rate"]
    title = _("Pieces a minute over the shift; the dashed line is ideal speed")
    return {
        "rate_signal": signal,
        "rate": None if one["tone"] == "none" else value,
        "spark": sparkline(points, ideal=ideal, title=title) if points else "",
    }


def last_heard(element: dict[str, Any], now: datetime) -> datetime | None:
    """When a machine that is silent now was heard last; None for one that is heard."""
    if not element["is_stale"] or element["age_s"] is None:
        return None
    return now - timedelta(seconds=element["age_s"])


def points_to(value: float | None, reference: float | None) -> str:
    """Percentage points from a reference, of the figures as they are printed: +7.0 pts."""
    if value is None or reference is None:
        return ""
    return f"{round(value * 100, 1) - round(reference * 100, 1):+.1f} pts".replace("-", "−")


def pieces_to(value: float | None, reference: float | None) -> str:
    """Pieces from a reference, of the figures as they are printed: −616."""
    if value is None or reference is None:
        return ""
    gap = round(value) - round(reference)
    return ("+" if gap > 0 else "") + pieces(gap)


def whole_minutes(sums: dict[str, float]) -> dict[str, int]:
    """Minutes rounded so that the parts add up to the rounded whole (largest remainder)."""
    lack = round(sum(sums.values())) - sum(int(value) for value in sums.values())
    by_rest = sorted(sums, key=lambda kind: int(sums[kind]) - sums[kind])
    raised = set(by_rest[:lack])
    return {kind: int(value) + (kind in raised) for kind, value in sums.items()}


def worst_first(tiles: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Down and silent machines first, then the lower OEE."""

    def rank(one: dict[str, Any]) -> tuple[int, float]:
        oee = (one["live"]["shift"] or {}).get("oee")
        return ORDER[one["tone"]], 2.0 if oee is None else oee

    return sorted(tiles, key=rank)
