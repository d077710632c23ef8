"""`/insights/`: what happened, why, what to do; every number is a chip that marks its row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from ai_insights.grounding.analysis import Advice, Analysis, Claim
from ai_insights.grounding.plain import analysis_of, facts_of
from ai_insights.selectors.insights import asks_model
from ai_insights.selectors.windows import DAILY_DAYS, DEFAULT_DAYS
from ai_insights.services.asked import KIND, current_insight
from ai_insights.views.chips import Piece, chipped
from ai_insights.views.week import week_board
from analytics.ml.instants import plant_day
from production.api.query import MOST_DAYS
from production.models import Machine
from production.selectors.calendar import plant_timezone
from production.selectors.jobs import newest_job
from tenants.permissions import Action

TITLES = {
    "executive_summary": _("What happened"),
    "root_cause_analysis": _("Why, most likely"),
    "quality": _("Quality"),
    "risk_assessment": _("What comes"),
    "what_we_do_not_know": _("What we do not know"),
}


class Part(NamedTuple):
    """A section as the page shows it: a sentence is a list of pieces."""

    title: Any
    sentences: Sequence[Sequence[Piece]]


class Step(NamedTuple):
    """A recommendation with its sentences in pieces; `effect` is empty where none is estimated."""

    advice: Advice
    action: Sequence[Piece]
    because: Sequence[Piece]
    effect: Sequence[Piece]


def insights(request: HttpRequest) -> HttpResponse:
    now, days = clock.now(), _days(request)
    insight = current_insight(days=days, now=now)
    facts, analysis = facts_of(insight.facts), analysis_of(insight.analysis)
    cited = {name for _, claim in analysis.claims() for name in claim.fact_ids}
    headline, *parts = _parts(analysis, facts)
    context = {
        "page": "insights",
        "now": now,
        "days": days,
        "spans": DAILY_DAYS if days in DAILY_DAYS else sorted({*DAILY_DAYS, days}),
        "insight": insight,
        "role": request.place.role,
        "has_machines": Machine.objects.exists(),
        "headline": headline,
        "parts": parts,
        "steps": [_step(advice, facts) for advice in analysis.recommendations],
        "board": week_board(
            analysis, facts, start=plant_day(insight.generated_at, plant_timezone())
        ),
        "facts": [fact for fact in facts if fact.id in cited],
        "other_facts": [fact for fact in facts if fact.id not in cited],
        "sentences": sum(1 for _ in analysis.claims()),
        "dropped": len(insight.dropped),
        "asks_model": asks_model(),
        "job": newest_job([KIND], now=now),
        "may_train": request.place.may(Action.RUN_JOBS),
        "job_title": _("Writing the analysis"),
        "job_cancelled": _("The analysis that was there before stays."),
        "job_retry": "_write.html",
    }
    return render(request, "insights.html", context)


def _days(request: HttpRequest) -> int:
    chosen = request.GET.get("days") or str(DEFAULT_DAYS)
    if not re.fullmatch("[0-9]{1,3}", chosen) or not 1 <= int(chosen) <= MOST_DAYS:
        raise Http404
    return int(chosen)


def _parts(analysis: Analysis, facts: Any) -> list[Part]:
    """The headline, then the sections that have something to say."""
    sections: Mapping[str, Sequence[Claim]] = {**analysis.sections, "quality": analysis.quality}
    summary = sections.get("executive_summary", ())
    parts = [Part("", [chipped(claim, facts) for claim in summary[:1]])]
    for name, title in TITLES.items():
        claims = summary[1:] if name == "executive_summary" else sections.get(name, ())
        if claims:
            parts.append(Part(title, [chipped(claim, facts) for claim in claims]))
    return parts


def _step(advice: Advice, facts: Any) -> Step:
    return Step(
        advice,
        chipped(advice.action, facts),
        chipped(advice.because, facts),
        chipped(advice.effect, facts) if advice.effect else [],
    )
