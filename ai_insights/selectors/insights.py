"""The stored analyses, and what was sent to the language model for them."""

from __future__ import annotations

from django.utils import timezone as clock

from ai_insights.models import Insight, WriterCall, WriterChoice
from ai_insights.selectors.windows import days_of
from production.selectors.complete_day import end_of_day
from production.shopfloor.window import Window


def insight_of(window: Window) -> Insight | None:
    """The newest analysis of exactly these whole days; None where there is none yet.

    One that was written while the last of them was still going on counts until it has ended.
    """
    first, last = days_of(window)
    known = Insight.objects.filter(first_day=first, last_day=last, days=(last - first).days + 1)
    ended = end_of_day(last)
    if ended <= clock.now():
        known = known.filter(generated_at__gte=ended)
    return known.first()


def last_call() -> WriterCall | None:
    return WriterCall.objects.first()


def asks_model() -> bool:
    """Whether the plant allows its facts to leave the house; it does until somebody says no."""
    choice = WriterChoice.objects.first()
    return choice is None or choice.asks_model
