"""One analysis of a window: facts, then words, then the proof that the words hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from ai_insights.grounding.fact import Facts
from ai_insights.grounding.plain import plain_analysis, plain_facts
from ai_insights.grounding.rules import write
from ai_insights.grounding.rules.week import LENGTH
from ai_insights.models import Insight
from ai_insights.selectors.facts import build_facts
from ai_insights.selectors.insights import asks_model
from ai_insights.selectors.windows import days_of
from ai_insights.services.model_writer import RULES, Brief, Written, model_writes
from analytics.ml.instants import plant_day
from production.models import Machine
from production.selectors.calendar import plant_name, plant_timezone
from production.selectors.idle_days import idle_days
from production.shopfloor.window import Window

Tell = Callable[[float, str], None]


def silent(percent: float, step: str) -> None:
    """Nobody watches."""


def write_insight(
    *, window: Window, now: datetime, asked_by: str = "", by_model: bool = True, tell: Tell = silent
) -> Insight:
    """Write and store the analysis of a window of plant days.

    The language model is asked where one is set up, the plant allows it and `by_model`. What it
    says is stored only where it holds against the facts, else our rules' text stands in. What knows
    nothing of its time is not kept, because records may still come, unless a model was asked.
    """
    tell(5, "Collecting facts")
    facts = build_facts(window, now=now)
    first, last = days_of(window)
    first_day = plant_day(now, plant_timezone())
    ours = write(facts, start=first_day, idle=idle_days(first_day, count=LENGTH))
    written = Written(ours, source=RULES)
    model = settings.LANGUAGE_MODEL
    if by_model and model.is_there and asks_model():
        tell(50, f"Asking {model.name}")
        days = (last - first).days + 1
        brief = Brief(facts, _names(), plant_name(), days=days, first_day=first_day)
        written = model_writes(brief, ours, model=model)
    tell(90, "Storing")
    return _stored(written, facts, window=window, now=now, asked_by=asked_by)


def _names() -> dict[str, str]:
    """Every machine of the plant by its machine_id: what a sentence could name."""
    return dict(Machine.objects.values_list("machine_id", "machine_name"))


@transaction.atomic
def _stored(
    written: Written, facts: Facts, *, window: Window, now: datetime, asked_by: str
) -> Insight:
    first, last = days_of(window)
    insight = Insight(
        first_day=first,
        last_day=last,
        # An analysis of a few hours is not one of the days that they touch.
        days=(last - first).days + 1 if window.dates else 0,
        generated_at=now,
        source=written.source,
        facts=plain_facts(facts),
        analysis=plain_analysis(written.analysis),
        dropped=written.dropped,
        asked_by=asked_by,
    )
    if insight.knows_something or written.calls:
        insight.save()
    for call in written.calls:
        call.insight, call.source = insight, written.source
        call.save()
    return insight
