"""Where the lost minutes went, and which machines and reasons had most of each."""

from __future__ import annotations

from dataclasses import asdict

from django.utils.translation import gettext as _

from analytics.kpis.losses import losses, lost_s
from analytics.templatetags.figures import pieces
from production.selectors.records import untold_s
from production.selectors.stop_reasons import MINOR, NO_REASON
from reports.document.content import Loss, Losses
from reports.selectors.content.sheet import Sheet

KINDS = {
    "stops": ("stops", "Failures and stops"),
    "changeover": ("changeover", "Changeover"),
    "speed": ("speed", "Reduced speed"),
    "minor_stops": ("minor", "Minor stops"),
    "defects": ("defects", "Process defects"),
    "idle": ("other", "Idle, no order"),
    "untold": ("other", "Downtime of unknown kind"),
}
"""Our maths' names, the document's key, and what a person reads."""
LEAST_MIN = 0.5
NAMED = 2
UNTOLD = (NO_REASON, MINOR)


def losses_of(sheet: Sheet) -> Losses:
    total = sheet.scene.total
    seconds = lost_s(total)
    if seconds is None:
        return Losses(busy_min=total.pbt_s / 60 if total.records else None, lost_min=None, rows=())
    return Losses(busy_min=total.pbt_s / 60, lost_min=seconds / 60, rows=_rows(sheet, seconds))


def _rows(sheet: Sheet, lost: float) -> tuple[Loss, ...]:
    """The largest first; they add up to the lost minutes."""
    untold = untold_s(window=sheet.scene.window, machines=sheet.scene.machines.values())
    found = losses(sheet.scene.total, untold_s=sum(untold.values()))
    if found is None:
        label = _("Losses that nobody told apart")
        return (Loss(key="other", label=label, minutes=lost / 60),)
    own = {
        machine_id: asdict(parts)
        for machine_id, sums in sheet.scene.own.items()
        if (parts := losses(sums, untold_s=untold.get(machine_id, 0.0))) is not None
    }
    rows = []
    for name, seconds in sorted(asdict(found).items(), key=lambda one: -one[1]):
        key, label = KINDS[name]
        if abs(seconds) / 60 >= LEAST_MIN:
            detail = _detail(sheet, name, {k: parts[name] / 60 for k, parts in own.items()})
            loss = Loss(key=key, label=_(label), minutes=seconds / 60, detail=detail)
            rows.append(loss)
    return tuple(rows)


def _detail(sheet: Sheet, name: str, own: dict[str, float]) -> str:
    """Filler 2: 128, of it Jam 61. Assembly 1: 82; Filler 2: 74."""
    most = sorted((one for one in own.items() if one[1] >= LEAST_MIN), key=lambda one: -one[1])
    if not most or (len(sheet.scene.own) == 1 and name != "stops"):
        return ""
    named = [f"{sheet.scene.machines[key].machine_name}: {pieces(spent)}" for key, spent in most]
    why = _reason(sheet, *most[0]) if name == "stops" else ""
    return named[0] + why if why else "; ".join(named[:NAMED])


def _reason(sheet: Sheet, machine_id: str, most_min: float) -> str:
    """Why a machine stood longest, where that lies within the minutes that it is part of."""
    mine = [
        one
        for one in sheet.scene.reasons
        if one.machine_id == machine_id and not one.is_set_up and one.why not in UNTOLD
    ]
    if not mine or mine[0].minutes > most_min:
        return ""
    return _(", of it %(why)s %(minutes)s") % {
        "why": mine[0].why,
        "minutes": pieces(mine[0].minutes),
    }
