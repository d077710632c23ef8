"""What a language model makes of the facts: asked once, corrected once, and believed sentence by
sentence.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone as clock

from ai_insights.grounding.analysis import Analysis
from ai_insights.grounding.checked import Checked, checked
from ai_insights.grounding.fact import Facts
from ai_insights.grounding.prompt import messages_of, repair_messages
from ai_insights.grounding.reading import Unreadable, read
from ai_insights.models import WriterCall
from ai_insights.services.language_model import (
    LanguageModel,
    NoReply,
    Reply,
    ask,
    get_ready,
)

RULES = "rules"
LEAST_S = 1.0
"""With less time left nothing is asked any more."""
Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is to be written about. `names` are the plant's machines, machine_id → name; the plan of
    maintenance begins on `first_day`.
    """

    facts: Facts
    names: Mapping[str, str]
    plant: str
    days: int
    first_day: date


@dataclass(frozen=True, slots=True)
class Written:
    """An analysis that holds, and how it came about. The calls are not stored yet."""

    analysis: Analysis
    source: str
    dropped: list[dict[str, Any]] = field(default_factory=list)
    calls: list[WriterCall] = field(default_factory=list)


def model_writes(brief: Brief, ours: Analysis, *, model: LanguageModel) -> Written:
    """The model's analysis as far as it holds; `ours` where there is none within the deadline, or
    where more than half of it falls.
    """
    conversation = _Conversation(model)
    said = conversation.about(brief)
    if said is None or said.too_many:
        dropped = said.dropped if said else []
        return Written(ours, RULES, dropped=dropped, calls=conversation.calls)
    analysis = said.analysis.filled_from(ours)
    return Written(analysis, model.name, dropped=said.dropped, calls=conversation.calls)


class _Conversation:
    """The calls of one analysis, which share a deadline."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        get_ready()
        self._ends = time.monotonic() + model.timeout_s
        self.calls: list[WriterCall] = []

    def about(self, brief: Brief) -> Checked | None:
        """What of the first answer holds, or of the second where that is better."""
        messages = messages_of(
            brief.facts, plant=brief.plant, days=brief.days, first_day=brief.first_day
        )
        reply = self._ask(messages)
        first = self._judge(reply, brief)
        if reply is None or first is None or not first.dropped or self._left_s < LEAST_S:
            return first
        again = repair_messages(messages, reply.text, first.dropped)
        second = self._judge(self._ask(again), brief)
        return first if second is None or len(second.dropped) > len(first.dropped) else second

    @property
    def _left_s(self) -> float:
        return self._ends - time.monotonic()

    def _ask(self, messages: Messages) -> Reply | None:
        began, now = time.monotonic(), clock.now()
        call = WriterCall(time=now, model=self._model.name, messages=messages)
        self.calls.append(call)
        try:
            reply = ask(self._model, messages, within_s=self._left_s)
        except NoReply as refusal:
            call.status, call.detail = refusal.status, refusal.detail
            return None
        finally:
            call.duration_ms = (time.monotonic() - began) * 1000
        call.status = "ok"
        call.prompt_tokens, call.completion_tokens = reply.tokens
        return reply

    def _judge(self, reply: Reply | None, brief: Brief) -> Checked | None:
        if reply is None:
            return None
        call = self.calls[-1]
        try:
            found = checked(read(reply.text), brief.facts, brief.names, first_day=brief.first_day)
        except Unreadable as error:
            call.status, call.detail = "garbage", str(error)
            return None
        if found.dropped:
            call.status = "rejected" if found.too_many else "corrected"
            call.detail = f"{len(found.dropped)} sentences did not hold"
        return found
