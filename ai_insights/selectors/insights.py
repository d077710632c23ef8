"""The stored analyses, and what was sent to the language model for them."""

from __future__ import annotations

from ai_insights.models import Insight, WriterCall, WriterChoice
from ai_insights.selectors.windows import days_of
from production.shopfloor.window import Window


def insight_of(window: Window) -> Insight | None:
    """The newest analysis of exactly these days; None where there is none yet."""
    first, last = days_of(window)
    return Insight.objects.filter(first_day=first, last_day=last).first()


def last_call() -> WriterCall | None:
    return WriterCall.objects.first()


def asks_model() -> bool:
    """Whether the plant allows its facts to leave the house; it does until somebody says no."""
    choice = WriterChoice.objects.first()
    return choice is None or choice.asks_model
