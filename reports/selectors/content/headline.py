"""The verdict: how the window went against its target, and who lost most, in two sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analytics.kpis.losses import lost_s
from analytics.kpis.rollup import Sums
from analytics.templatetags.figures import percent, pieces
from production.models import Machine
from production.selectors.stop_reasons import NO_REASON
from reports.document.content import Verdict
from reports.selectors.content.sheet import Sheet

LEAST_MIN = 0.5


def verdict_of(sheet: Sheet) -> Verdict:
    oee = sheet.scene.figures["oee"]
    if oee is None:
        why = sheet.scene.figures["reasons"].get("oee", "")
        sentence = _("OEE is not known: %(why)s.") % {"why": why}
        return Verdict(tone="unknown", word=_("No figure"), sentence=sentence)
    aim = sheet.scene.targets.of("oee")
    if aim is None:
        said = _("OEE was %(oee)s; no target is set.") % {"oee": percent(oee)}
        return Verdict(tone="unknown", word=_("No target"), sentence=_with_loser(said, sheet))
    # As printed, so that the word and the two figures agree.
    gap = round(round(oee * 100, 1) - round(aim.value * 100, 1), 1)
    words = {
        "oee": percent(oee),
        "target": percent(aim.value),
        "gap": f"{abs(gap):.1f}",
    }
    if gap < 0:
        said = _("OEE was %(oee)s, %(gap)s points under the target of %(target)s.") % words
        verdict = ("worse", _("Below target"))
    elif gap > 0:
        said = _("OEE was %(oee)s, %(gap)s points over the target of %(target)s.") % words
        verdict = ("fine", _("Above target"))
    else:
        said = _("OEE was %(oee)s, which is the target.") % words
        verdict = ("fine", _("On target"))
    tone, word = verdict
    return Verdict(tone=tone, word=word, sentence=_with_loser(said, sheet))


def _with_loser(said: str, sheet: Sheet) -> str:
    """Who lost most of the lost minutes, and to what first."""
    scene = sheet.scene
    total = _lost_min(scene.total)
    if total is None or total < LEAST_MIN or not scene.worst:
        return said
    worst = scene.worst[0]
    lost = _lost_min(scene.own[worst.machine_id])
    if lost is None or lost < LEAST_MIN:
        return said
    words = {"name": worst.machine_name, "lost": pieces(lost), "total": pieces(total)}
    if len(scene.own) == 1:
        more = _("%(total)s minutes were lost") % words
    else:
        more = _("%(name)s lost %(lost)s of the %(total)s lost minutes") % words
    first = _first_reason(sheet, worst)
    return f"{said} {more}{first}."


def _first_reason(sheet: Sheet, machine: Machine) -> str:
    """The reason of most of its downtime, where somebody told one."""
    mine = [
        one
        for one in sheet.scene.reasons
        if one.machine_id == machine.machine_id and not one.is_set_up
    ]
    if not mine or mine[0].why == NO_REASON:
        return ""
    return _(", “%(why)s” first") % {"why": mine[0].why}


def _lost_min(sums: Sums) -> float | None:
    seconds = lost_s(sums)
    return None if seconds is None else seconds / 60
