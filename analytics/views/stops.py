"""A stop as a row of a table: why, what it counts as, and who says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.utils.translation import gettext_lazy as _

from production.models import Stop, StopReason
from production.shopfloor.packml import TimeClass, time_class

CAUSES = {"starved": _("Starved upstream"), "blocked": _("Blocked downstream")}


@dataclass(frozen=True, slots=True)
class StopRow:
    """`tone` is bad, changeover or empty; `told_at` is set where a person said why."""

    stop: Stop
    why: Any
    counts_as: Any
    told_by: Any
    tone: str = ""
    told_at: datetime | None = None


def stop_rows(stops: Iterable[Stop]) -> list[StopRow]:
    return [_row(stop) for stop in stops]


def newest_of(stops: QuerySet[Stop], count: int) -> tuple[list[StopRow], int]:
    """The newest rows, and how many there are in all."""
    rows = list(stops.annotate(in_all=Window(Count("pk")))[:count])
    return stop_rows(rows), rows[0].in_all if rows else 0  # type: ignore[attr-defined]


def is_minor(stop: Stop, *, now: datetime) -> bool:
    """A delay that ended before the machine's threshold."""
    lasted = (stop.end or now) - stop.start
    is_short = lasted < timedelta(seconds=stop.machine.minor_stop_s)
    return stop.end is not None and is_short and time_class(stop.state) is TimeClass.ADET


def _row(stop: Stop) -> StopRow:
    if stop.reason:
        counts_as = _("Planned") if stop.reason.planned else stop.reason.get_loss_display()
        return StopRow(stop, stop.reason.name, counts_as, stop.reason_by, "", stop.reason_at)
    if stop.cause and stop.imported:
        return StopRow(stop, stop.cause, _("Not in the reason tree"), _("imported file"))
    if stop.cause:
        why = CAUSES.get(stop.cause, stop.cause)
        return StopRow(stop, why, _("Material flow"), _("machine signal"))
    if time_class(stop.state) is TimeClass.AUST:
        counts_as = StopReason.Loss.SETUP.label
        return StopRow(stop, _("Changeover"), counts_as, _("machine state"), "changeover")
    if stop.end and is_minor(stop, now=stop.end):
        return StopRow(stop, _("Minor stop"), StopReason.Loss.MINOR.label, "–")
    why = _("No reason yet") if stop.end else _("Down, no reason yet")
    return StopRow(stop, why, _("Unassigned"), "–", "bad")
