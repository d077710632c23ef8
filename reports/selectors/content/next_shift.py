"""The next shift's downtime of each machine, as it was said."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ai_insights.selectors.facts.days import moment_words
from analytics.figures.names import spoken
from analytics.figures.scatter import Met
from analytics.figures.whisker import Whisker
from analytics.models import Prediction
from analytics.selectors.evidence_shapes import GradedShift, RiskLevel
from analytics.selectors.findings import serving_found, track_found
from analytics.selectors.outlook import risk_outlook
from analytics.selectors.outlook_shapes import Insufficient, MachineRisk, RiskOutlook
from analytics.selectors.said import said_last
from analytics.templatetags.figures import percent, pieces
from reports.document.outlook import NextShift, RiskRow
from reports.selectors.content.sheet import Sheet

THRESHOLD_MIN = 30.0
MOST_FEATURES = 8
NOT_SAID = "No prediction had been made by the end of this window."
WORDS = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low"}


def next_shift_of(sheet: Sheet) -> tuple[NextShift | None, str]:
    """What was said of the shift after the report's moment; None with the reason."""
    outlook = risk_outlook(sheet.moment)
    if isinstance(outlook, Insufficient):
        return None, NOT_SAID if sheet.is_past else " ".join(outlook.missing)
    said = said_last(sheet.moment)
    plant = said.plant if said else None
    evidence = outlook.evidence
    shown = NextShift(
        name=outlook.shift.name,
        start=outlook.shift.start,
        end=outlook.shift.end,
        threshold_min=THRESHOLD_MIN,
        rows=tuple(_row(one) for one in outlook.machines),
        plant=_whisker(plant) if plant else None,
        confidence=plant.confidence if plant else None,
        said_at=outlook.scored_at,
        model_version=str(outlook.model_version),
        sentences=_sentences(outlook, sheet),
        importance=_importance(outlook),
        met=tuple(_met(one, sheet.scene.timezone) for one in outlook.track.shifts),
        why_served=serving_found(evidence),
    )
    return shown, ""


def _row(one: MachineRisk) -> RiskRow:
    return RiskRow(
        machine_id=one.machine_id,
        machine_name=one.machine_name,
        risk=one.risk,
        minutes=_whisker(one),
        chance=one.p_downtime_30,
        confidence=one.confidence,
        served=spoken(one.served),
    )


def _whisker(one: MachineRisk | Prediction) -> Whisker:
    return Whisker(one.median_min, one.expected_min, one.lo80, one.hi80, one.lo95, one.hi95)


def _sentences(outlook: RiskOutlook, sheet: Sheet) -> tuple[str, ...]:
    """How often such chances came true, and when it was said where that is long ago."""
    present = {one.risk for one in outlook.machines}
    seen = [
        _("%(level)s %(share)s of %(n)s")
        % {"level": _level(one), "share": percent(one.observed), "n": pieces(one.shifts)}
        for one in outlook.evidence.levels
        if present & {*one.risks} and one.observed is not None
    ]
    found = []
    if sheet.is_past:
        moment = moment_words(outlook.scored_at, sheet.scene.timezone)
        found.append(_("As it was said on %(moment)s.") % {"moment": moment})
    if seen:
        shares = ", ".join(seen)
        found.append(_("Of shifts at these levels so many lost 30 min or more: %s.") % shares)
    if outlook.track.shifts:
        found.append(track_found(outlook.track, outlook.evidence.naive_name))
    return tuple(found)


def _level(one: RiskLevel) -> str:
    """High, or High and Medium where the two are told together."""
    return _(" and ").join(_(WORDS[risk]) for risk in one.risks)


def _importance(outlook: RiskOutlook) -> tuple[tuple[str, float], ...]:
    """The strongest features one by one; all others are one, so that the shares close."""
    named = ((spoken(name), share) for name, share in outlook.evidence.importance)
    ordered = sorted(named, key=lambda one: -one[1])
    rest = ordered[MOST_FEATURES:]
    others = [(_("All %d others") % len(rest), sum(share for _name, share in rest))] if rest else []
    return (*ordered[:MOST_FEATURES], *others)


def _met(one: GradedShift, timezone: str) -> Met:
    local = one.start.astimezone(ZoneInfo(timezone))
    name = f"{one.machine_name}, {local:%a} {local.day} {local:%b} {one.shift}"
    return Met(one.predicted_min, one.actual_min, one.beyond, name)
