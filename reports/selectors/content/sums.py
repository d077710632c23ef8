"""What was made and lost by machine, by shift and by day, from the sums behind the API's KPIs."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Min

from analytics.kpis.losses import lost_s
from analytics.kpis.rollup import Sums, kpis
from analytics.selectors import kpi_sums
from analytics.selectors.targets import Aim
from production.selectors.records import records_in
from production.shopfloor.window import Window
from reports.document.sums import DaySums, MachineSums, ShiftSums
from reports.selectors.content.sheet import Sheet

TREND_DAYS = 28
MOST_DAYS = 31
"""Of a longer window the shifts are not listed one by one."""
TOO_MANY = "The window has more than 31 days; each shift stands in the workbook."
DAY = timedelta(days=1)


def machine_sums(sheet: Sheet) -> tuple[MachineSums, ...]:
    """Worst first."""
    scene = sheet.scene
    return tuple(
        _sums(
            machine.machine_id,
            machine.machine_name,
            scene.own[machine.machine_id],
            before=sheet.own_before.get(machine.machine_id, Sums()),
            aim=scene.targets.of("oee", machine),
        )
        for machine in sheet.machines
    )


def plant_sums(sheet: Sheet) -> MachineSums | None:
    scene = sheet.scene
    if not scene.total.records:
        return None
    before = sum(sheet.own_before.values(), Sums())
    return _sums("", scene.plant, scene.total, before=before, aim=scene.targets.of("oee"))


def _sums(machine_id: str, name: str, sums: Sums, *, before: Sums, aim: Aim | None) -> MachineSums:
    figures, seconds = kpis(sums), lost_s(sums)
    return MachineSums(
        machine_id=machine_id,
        machine_name=name,
        oee=figures["oee"],
        availability=figures["availability"],
        performance=figures["effectiveness"],
        quality=figures["quality_ratio"],
        produced=figures["units_produced"],
        good=figures["good_units"],
        scrap=figures["defective_units"],
        busy_min=figures["pbt_min"],
        downtime_min=figures["downtime_min"],
        lost_min=None if seconds is None else seconds / 60,
        oee_target=aim.value if aim else None,
        oee_before=kpis(before)["oee"],
    )


def shift_sums(sheet: Sheet) -> tuple[tuple[ShiftSums, ...], dict[str, str]]:
    """Oldest first, and why there are none."""
    days = [sheet.first_day + n * DAY for n in range((sheet.last_day - sheet.first_day).days + 1)]
    if len(days) > MOST_DAYS:
        return (), {"shifts": TOO_MANY}
    order = _order_of_shifts(sheet)
    return tuple(one for day in days for one in _shifts_of(sheet, day, order)), {}


def _shifts_of(sheet: Sheet, day: date, order: dict[tuple[date, str], int]) -> list[ShiftSums]:
    window = Window.of_dates(day, day + DAY, timezone=sheet.scene.timezone)
    machines = list(sheet.scene.machines.values())
    found = kpi_sums(window=window, machines=machines, group_by="shift", now=sheet.now)
    rows = []
    for name, sums in found.groups or ():
        if (day, name) in order:
            rows.append(_shift(day, name, sums))
    return sorted(rows, key=lambda row: order[day, row.shift])


def _shift(day: date, name: str, sums: Sums) -> ShiftSums:
    figures = kpis(sums)
    return ShiftSums(
        day=day,
        shift=name,
        produced=figures["units_produced"],
        good=figures["good_units"],
        scrap=figures["defective_units"],
        downtime_min=figures["downtime_min"],
        oee=figures["oee"],
    )


def _order_of_shifts(sheet: Sheet) -> dict[tuple[date, str], int]:
    """The shifts that have a record in the window, numbered by when they began."""
    records = records_in(window=sheet.scene.window, machines=sheet.scene.machines.values())
    begun = (
        records.order_by()
        .values("production_date", "shift")
        .annotate(start=Min("shift_start"))
        .order_by("start", "shift")
    )
    return {(row["production_date"], row["shift"]): n for n, row in enumerate(begun)}


def day_sums(sheet: Sheet) -> tuple[DaySums, ...]:
    """Four weeks up to the window's last day, and all of a longer window."""
    first = min(sheet.first_day, sheet.last_day - (TREND_DAYS - 1) * DAY)
    window = Window.of_dates(first, sheet.last_day + DAY, timezone=sheet.scene.timezone)
    machines = list(sheet.scene.machines.values())
    found = kpi_sums(window=window, machines=machines, group_by="day", now=sheet.now)
    return tuple(
        DaySums(
            day=date.fromisoformat(key),
            downtime_min=(figures := kpis(sums))["downtime_min"],
            oee=figures["oee"],
            good=figures["good_units"],
        )
        for key, sums in found.groups or ()
    )
