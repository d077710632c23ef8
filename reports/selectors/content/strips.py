"""Each machine's day as a strip, the worst machine first."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from analytics.kpis.losses import lost_s
from analytics.kpis.rollup import kpis
from production.figures.strip import Stretch
from production.models import Machine
from production.selectors.machines import shift_calendar
from production.selectors.states import stretches_of, ticks_of
from production.shopfloor.shifts import PlannedShift
from reports.document.content import MachineDay
from reports.selectors.content.sheet import Sheet

LONGEST = timedelta(days=8)
"""Of a longer window a strip would show nothing but a blur."""
ONE_DAY, EVERY_H = timedelta(hours=26), 4
"""A day has 25 hours when clocks go back."""


def machine_days(sheet: Sheet) -> tuple[MachineDay, ...]:
    machines = sheet.machines
    stretches: dict[int, list[Stretch]] = {}
    if sheet.span.end - sheet.span.start <= LONGEST:
        shifts = {machine.pk: _shifts(sheet, machine) for machine in machines}
        stretches = stretches_of(machines, sheet.span, now=sheet.now, shifts=shifts)
    return tuple(
        MachineDay(
            machine_id=machine.machine_id,
            machine_name=machine.machine_name,
            stretches=tuple(stretches.get(machine.pk, ())),
            oee=kpis(sums)["oee"],
            lost_min=None if (seconds := lost_s(sums)) is None else seconds / 60,
        )
        for machine in machines
        for sums in (sheet.scene.own[machine.machine_id],)
    )


def ticks_of_strips(sheet: Sheet) -> tuple[tuple[float, str], ...]:
    """Every four hours of a day from its start on, as many as a strip on paper has room for; of a
    longer span the plant midnights.
    """
    span, zone = sheet.span, ZoneInfo(sheet.scene.timezone)
    if span.end - span.start > ONE_DAY:
        ticks = ticks_of(span, timezone=sheet.scene.timezone)
        return tuple((at, label) for at, label in ticks if ":" not in label)
    hours = range(0, int(span.duration_s // 3600) + 1, EVERY_H)
    moments = [span.start + timedelta(hours=hour) for hour in hours]
    return tuple((m.timestamp(), f"{m.astimezone(zone):%H}") for m in moments)


def _shifts(sheet: Sheet, machine: Machine) -> list[PlannedShift]:
    calendar = shift_calendar(machine, timezone=sheet.scene.timezone)
    return [] if calendar is None else calendar.overlapping(sheet.span)
