"""Why the risk is believed: calibration, what came against what was said, levels, what serves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from analytics.figures.bars import importance, level_bar
from analytics.figures.families import in_families
from analytics.figures.frame import per_cent
from analytics.figures.names import spoken
from analytics.figures.reliability import reliability, touches
from analytics.figures.scatter import Met, scatter, worst_beyond
from analytics.selectors.evidence_shapes import Coverage, Evidence, GradedShift, TrackRecord
from analytics.selectors.findings import (
    levels_found,
    reliability_found,
    serving_found,
    track_found,
)
from analytics.selectors.outlook_shapes import RiskOutlook
from analytics.templatetags.figures import percent
from analytics.templatetags.predictions import brief
from analytics.views.risk_rows import WORDS

MOST_FAMILIES = 10
TABLE_ROWS = 60


def evidence(outlook: RiskOutlook, *, timezone: str) -> dict[str, Any]:
    shown = outlook.evidence
    return {
        **_calibration(shown),
        **_track(outlook.track, shown.naive_name, timezone=timezone),
        "levels": [_level(one) for one in shown.levels],
        "levels_found": levels_found(shown.levels),
        "serving": serving_found(shown),
        "weights": shown.weights if shown.served == "model" else [],
        "at_start": shown.at_start,
        "serves_now": sorted({_server(one.served) for one in outlook.machines}),
        "coverage": shown.coverage,
        "mostly_zero": _mostly_zero(shown.coverage),
        "merged": shown.merged,
        **(_importance(shown) if shown.served == "model" else {}),
    }


def _mostly_zero(coverage: Sequence[Coverage]) -> bool:
    """Whether most shifts lose nothing, so that a range which holds 0 says little."""
    counted = {one.group: one.n for one in coverage}
    return counted.get("shifts with downtime", 0) < counted.get("all", 0) / 2


def _server(served: str) -> str:
    return _("ensemble") if served == "model" else _("the rule “%s”") % spoken(served)


def _calibration(shown: Evidence) -> dict[str, Any]:
    found = reliability_found(shown.reliability)
    drawn = reliability(
        shown.reliability, across=_("predicted chance of 30 min or more, %"), title=found
    )
    return {
        "reliability": drawn if shown.reliability else "",
        "reliability_found": found,
        "reliability_rows": [(one, touches(one)) for one in shown.reliability],
    }


def _track(track: TrackRecord, naive_name: str, *, timezone: str) -> dict[str, Any]:
    found = track_found(track, naive_name)
    points = [_met(one, timezone) for one in track.shifts]
    newest = sorted(track.shifts, key=lambda one: one.start, reverse=True)
    return {
        "track": scatter(points, across=_("predicted median, min"), title=found) if points else "",
        "track_found": found,
        "track_worst": worst_beyond(points),
        "track_rows": newest[:TABLE_ROWS],
        "track_left_out": max(len(newest) - TABLE_ROWS, 0),
    }


def _met(one: GradedShift, timezone: str) -> Met:
    local = one.start.astimezone(ZoneInfo(timezone))
    name = f"{one.machine_name}, {local:%a} {local.day} {local:%b} {one.shift}"
    if one.cause:
        name = f"{name}: {one.cause}"
    return Met(one.predicted_min, one.actual_min, one.beyond, name)


def _level(one: Any) -> dict[str, Any]:
    word, icon = ", ".join(WORDS[risk][0] for risk in one.risks), WORDS[one.risk][1]
    title = _("%(word)s promises %(low)s to %(high)s, observed %(observed)s") % {
        "word": word,
        "low": percent(one.low),
        "high": percent(one.high),
        "observed": percent(one.observed),
    }
    return {
        "level": one,
        "word": word,
        "icon": icon,
        "promise": _promise(one.low, one.high),
        "bar": level_bar(one.low, one.high, one.observed, title=title),
    }


def _promise(low: float, high: float) -> str:
    """Under 5 %, 5–20 %, ≥ 50 %."""
    if low <= 0:
        return _("under %s") % brief(high)
    return f"≥ {brief(low)}" if high >= 1 else f"{per_cent(low)}–{brief(high)}"


def _importance(shown: Evidence) -> dict[str, Any]:
    """The strongest families; all others are one bar, so that the shares close."""
    ordered = in_families(shown.importance)
    bars = ordered[:MOST_FAMILIES]
    if rest := ordered[MOST_FAMILIES:]:
        bars = [*bars, (_("All %(count)d others") % {"count": len(rest)}, sum(s for _n, s in rest))]
    title = _("What the model looks at, in shares of all")
    return {"importance": importance(bars, title=title) if bars else "", "importance_rows": bars}
