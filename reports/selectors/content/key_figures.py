"""The six cards of the first page, each against its target and the window before."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analytics.templatetags.figures import minutes, percent
from production.models import Machine
from production.selectors.machines import shift_calendar
from reports.document.content import Kpi
from reports.models import Report
from reports.selectors.content.sheet import Sheet

RATIOS = (
    ("oee", "oee", "OEE"),
    ("availability", "availability", "Availability"),
    ("effectiveness", "performance", "Performance"),
    ("quality_ratio", "quality", "Quality"),
)
"""The API's name, the document's, and what a person reads."""


def key_figures(sheet: Sheet) -> tuple[Kpi, ...]:
    scene = sheet.scene
    before_name = _before_name(sheet)
    ratios = [
        Kpi(
            key=key,
            label=_(label),
            kind="ratio",
            value=scene.figures[name],
            target=aim.value if (aim := scene.targets.of(name)) else None,
            before=scene.before[name],
            before_name=before_name,
        )
        for name, key, label in RATIOS
    ]
    good = Kpi(
        key="good_units",
        label=_("Good pieces"),
        kind="pieces",
        value=scene.figures["good_units"],
        before=scene.before["good_units"],
        before_name=before_name,
        note=_of_plan(scene.figures["good_units"], _planned(sheet, "good_units")),
    )
    down = Kpi(
        key="downtime_min",
        label=_("Downtime"),
        kind="minutes",
        value=scene.figures["downtime_min"],
        target=_planned(sheet, "downtime_min"),
        before=scene.before["downtime_min"],
        before_name=before_name,
        higher_is_better=False,
        note=_without_reason(scene.figures["unassigned_min"]),
    )
    return (*ratios, good, down)


def _before_name(sheet: Sheet) -> str:
    if sheet.report.kind == Report.Kind.DAILY and sheet.scene.window_before.dates:
        return f"{sheet.scene.window_before.dates[0]:%a}"
    if sheet.report.kind == Report.Kind.WEEKLY:
        return _("the week before")
    return _("before")


def _planned(sheet: Sheet, metric: str) -> float | None:
    """What machines should reach together: their targets a shift, over their planned shifts. None
    where a machine that should work has none.
    """
    total, known = 0.0, False
    for machine in sheet.machines:
        shifts = _planned_shifts(sheet, machine)
        aim = sheet.scene.targets.of(metric, machine)
        if shifts and aim is None:
            return None
        total += aim.value * shifts if aim else 0.0
        known = known or bool(shifts)
    return total if known else None


def _planned_shifts(sheet: Sheet, machine: Machine) -> int:
    calendar = shift_calendar(machine, timezone=sheet.scene.timezone)
    if calendar is None:
        return 0
    return len(sheet.scene.window.shifts(calendar, sheet.span))


def _of_plan(value: float | None, plan: float | None) -> str:
    if value is None or not plan:
        return ""
    return _("%(share)s of plan") % {"share": percent(value / plan)}


def _without_reason(unassigned_min: float | None) -> str:
    if not unassigned_min or unassigned_min < 0.5:
        return ""
    return _("%(minutes)s no reason") % {"minutes": minutes(unassigned_min)}
