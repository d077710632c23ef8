"""Anomalies of the window and the scores that they stand out from."""

from __future__ import annotations

import math

from analytics.selectors.outlook import anomaly_list
from analytics.selectors.outlook_shapes import AnomalyEvent, AnomalyList, Insufficient, Timeline
from reports.document.outlook import Oddities, Oddity, OddTimeline
from reports.selectors.content.sheet import Sheet

DAY_S = 86_400


def oddities_of(sheet: Sheet) -> tuple[Oddities | None, dict[str, str]]:
    """Newest first; None with the reason where nothing looks for anomalies yet."""
    days = max(1, math.ceil(sheet.span.duration_s / DAY_S))
    found = anomaly_list(days=days, machine_id=None, status=None, now=sheet.span.end)
    if isinstance(found, Insufficient):
        return None, {"anomalies": " ".join(found.missing)}
    events = [one for one in found.events if _is_inside(one, sheet)]
    if not events:
        return _oddities(found, events), {"anomalies": "Nothing was odd in this window."}
    return _oddities(found, events), {}


def _oddities(found: AnomalyList, events: list[AnomalyEvent]) -> Oddities:
    """One line is drawn for all machines, so only where it is the same for all."""
    thresholds = {one.threshold for one in found.timelines}
    return Oddities(
        rows=tuple(_oddity(one) for one in events),
        timelines=tuple(_timeline(one) for one in found.timelines),
        threshold=thresholds.pop() if len(thresholds) == 1 else None,
    )


def _is_inside(one: AnomalyEvent, sheet: Sheet) -> bool:
    return one.start < sheet.span.end and (one.end is None or one.end > sheet.span.start)


def _oddity(one: AnomalyEvent) -> Oddity:
    return Oddity(
        machine_id=one.machine_id,
        machine_name=one.machine_name,
        start=one.start,
        end=one.end,
        score=one.score,
        sentence=one.sentence,
        expected=one.expected,
        status=one.status,
    )


def _timeline(one: Timeline) -> OddTimeline:
    return OddTimeline(
        machine_id=one.machine_id,
        machine_name=one.machine_name,
        points=tuple((p.at.timestamp(), p.score, p.is_anomaly) for p in one.points),
    )
