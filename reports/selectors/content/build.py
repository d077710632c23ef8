"""A report's content: every chapter of it, or the sentence that says why there is none."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from ai_insights.models import Insight
from production.selectors.records import records_in
from reports.document.content import Content, Head
from reports.models import Report
from reports.selectors.content.coming import chapters_to_come
from reports.selectors.content.completeness import completeness_of, gaps_in
from reports.selectors.content.headline import verdict_of
from reports.selectors.content.key_figures import key_figures
from reports.selectors.content.losses import losses_of
from reports.selectors.content.models import models_of
from reports.selectors.content.oddities import oddities_of
from reports.selectors.content.rows import record_rows_of, stop_rows_of
from reports.selectors.content.sheet import Sheet, sheet_of
from reports.selectors.content.strips import machine_days, ticks_of_strips
from reports.selectors.content.sums import day_sums, machine_sums, plant_sums, shift_sums
from reports.selectors.content.words import actions_of, analysis_of, facts_of

NO_RECORD = "No shift record lies in this window."


def build_content(report: Report, *, insight: Insight, now: datetime) -> Content:
    """The content of a report that is made at `now`, with the analysis of its window."""
    sheet = sheet_of(report, now=now)
    analysis = analysis_of(insight)
    ahead = chapters_to_come(sheet)
    oddities, no_oddities = oddities_of(sheet)
    shifts, no_shifts = shift_sums(sheet)
    content = Content(
        head=_head(sheet),
        verdict=verdict_of(sheet),
        kpis=key_figures(sheet),
        ticks=ticks_of_strips(sheet),
        machines=machine_days(sheet),
        losses=losses_of(sheet),
        next_shift=ahead.next_shift,
        ahead=ahead.sentence,
        actions=actions_of(analysis),
        completeness=completeness_of(sheet),
        performance=machine_sums(sheet),
        plant=plant_sums(sheet),
        shifts=shifts,
        days=day_sums(sheet),
        forecasts=ahead.forecasts,
        analysis=analysis,
        written_by=insight.source,
        oddities=oddities,
        gaps=gaps_in(sheet),
        models=models_of(sheet),
        facts=facts_of(insight),
        records=record_rows_of(sheet),
        stops=stop_rows_of(sheet),
        forecast_rows=ahead.rows,
        missing={**ahead.missing, **no_oddities, **no_shifts},
    )
    return _with_reasons(content)


def _head(sheet: Sheet) -> Head:
    report, scene = sheet.report, sheet.scene
    records = records_in(window=scene.window, machines=scene.machines.values())
    return Head(
        plant_id=connection.schema_name,
        plant_name=scene.plant,
        kind=report.kind,
        zone=scene.timezone,
        start=sheet.span.start,
        end=sheet.span.end,
        first_day=sheet.first_day,
        last_day=sheet.last_day,
        made_at=sheet.now,
        revision=report.revision,
        late=report.is_late_at(sheet.now),
        simulated=records.filter(simulated=True).exists(),
    )


def _with_reasons(content: Content) -> Content:
    """A chapter that is empty without a word of its own is so because there is nothing."""
    empty = {
        "performance": (content.performance, NO_RECORD),
        "losses": (content.losses.rows, NO_RECORD),
        "shifts": (content.shifts, NO_RECORD),
        "downtime": (content.days, NO_RECORD),
        "plan": (content.analysis.plan if content.analysis else (), "Nothing is due."),
        "quality": (content.analysis.quality if content.analysis else (), "There is no finding."),
        "gaps": (content.gaps, "No gap or other oddity of the data lies in this window."),
        "models": (content.models, "No model was trained by then."),
        "facts": (content.facts, "There is no fact."),
    }
    for chapter, (rows, why) in empty.items():
        if not rows:
            content.missing.setdefault(chapter, why)
    return content
