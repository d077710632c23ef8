"""`/insights/sent/`: word for word what the language model was sent last."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock

from ai_insights.selectors.insights import asks_model, last_call


def sent(request: HttpRequest) -> HttpResponse:
    context = {
        "page": "insights",
        "now": clock.now(),
        "call": last_call(),
        "asks_model": asks_model(),
    }
    return render(request, "insights_sent.html", context)
