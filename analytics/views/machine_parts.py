"""The strip and the signals of a machine's page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from amis.interval import Interval
from analytics.templatetags.figures import duration, hours, number, plant_time
from analytics.views.tiles import WORDS, whole_minutes
from production.figures.strip import Stretch, merged, strip
from production.models import Machine, Signal
from production.selectors.series import means_of
from production.selectors.states import (
    minutes_by_kind,
    silent_since,
    stretches_of,
    ticks_of,
)
from production.shopfloor.shifts import ShiftCalendar

SIGNALS_SPAN = timedelta(hours=2)
SIGNAL_ROWS = 12
"""Rows of the signals' table: one in ten minutes."""
NAMED_UP_TO = timedelta(hours=24)
"""A longer strip has no room for the shifts' names."""
TABLE_ROWS = 150


def long_strip(
    machine: Machine,
    calendar: ShiftCalendar | None,
    interval: Interval,
    *,
    timezone: str,
    heard: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    """The strip of a span with the shifts above it, its sums and its longest stop."""
    shifts = calendar.overlapping(interval) if calendar else []
    by_machine = stretches_of([machine], interval, now=now, shifts={machine.pk: shifts})
    stretches = merged(silent_since(by_machine[machine.pk], heard, now=now))
    sums = whole_minutes(minutes_by_kind(stretches))
    is_named = interval.end - interval.start <= NAMED_UP_TO
    names = [
        (s.interval.start.timestamp(), _("%s, now") % s.name if now in s.interval else s.name)
        for s in shifts
        if is_named
    ]
    total = sum(sums.values())
    return {
        "stretches": stretches,
        "long_strip": strip(
            stretches,
            start=interval.start.timestamp(),
            end=interval.end.timestamp(),
            now=now.timestamp(),
            ticks=ticks_of(interval, timezone=timezone),
            names=names,
            title=_("States of %s") % machine.machine_name,
            height=32,
        ),
        "long_sums": [(kind, WORDS[kind][1], minutes * 60) for kind, minutes in sums.items()],
        "long_total": total * 60,
        "long_found": _found(stretches, sums, total, timezone),
        "long_rows": [(one, WORDS[one.kind][1]) for one in reversed(stretches[-TABLE_ROWS:])],
        "long_left_out": max(len(stretches) - TABLE_ROWS, 0),
    }


def _found(stretches: list[Stretch], sums: dict[str, int], total: int, timezone: str) -> str:
    """The strip's finding in a sentence."""
    stops = [one for one in stretches if one.kind == "down"]
    ran = hours(sums.get("running", 0) * 60)
    if not stops:
        return _("Ran %(ran)s of %(all)s without a stop.") % {
            "ran": ran, "all": hours(total * 60),
        }  # fmt: skip
    longest = max(stops, key=lambda one: one.end - one.start)
    begun = datetime.fromtimestamp(longest.start, tz=UTC)
    return _("Ran %(ran)s of %(all)s; %(count)d stops, the longest %(long)s from %(from)s.") % {
        "ran": ran,
        "all": hours(total * 60),
        "count": len(stops),
        "long": duration(longest.end - longest.start),
        "from": f"{begun.astimezone(ZoneInfo(timezone)):%a %d} {plant_time(begun, timezone)}",
    }


def signals(
    machine: Any, element: dict[str, Any], stretches: list[Stretch], *, now: datetime
) -> dict[str, Any]:
    """The process signals with their newest values, a table of means, and what to shade."""
    cards = [s for s in machine.signal_cards if s["role"] == Signal.Role.PROCESS]
    interval = Interval(now - SIGNALS_SPAN, now)
    means = means_of([card["pk"] for card in cards], interval, stretches=SIGNAL_ROWS)
    step = SIGNALS_SPAN / SIGNAL_ROWS
    by_row = {pk: {m.stretch: m.mean for m in found} for pk, found in means.items()}
    rows = [
        (interval.start + n * step, [by_row[card["pk"]].get(n) for card in cards])
        for n in reversed(range(SIGNAL_ROWS))
    ]
    for card in cards:
        # A last value is not shown as if it were live.
        newest = {} if element["is_stale"] else element["signals"].get(card["name"]) or {}
        card["value"] = newest.get("value")
    return {
        "signals": cards,
        "signal_rows": rows,
        "signals_found": _extremes(cards, means),
        "bands": [
            [one.start, one.end, one.kind]
            for one in stretches
            if one.end > interval.start.timestamp() and one.kind not in {"running", "idle"}
        ],
    }


def _extremes(cards: list[dict[str, Any]], means: dict[int, Any]) -> str:
    """Each signal's lowest and highest good value in a sentence."""
    said = []
    for card in cards:
        if found := means[card["pk"]]:
            low, high = min(m.lowest for m in found), max(m.highest for m in found)
            name = card["name"].capitalize() if not said else card["name"]
            said.append(f"{name} {number(low)}–{number(high)}\u00a0{card['unit']}".strip())
    return ", ".join(said) + "." if said else ""
