"""An analysis is written by the model as far as it holds, else by our rules, and always in time."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone as clock

from ai_insights.grounding.plain import analysis_of
from ai_insights.models import Insight, WriterCall, WriterChoice
from ai_insights.selectors.insights import insight_of
from ai_insights.selectors.windows import insight_window
from ai_insights.services.write import write_insight
from ai_insights.tests.chat_server import chat_server
from amis.environment import LanguageModel
from amis.interval import Interval
from analytics.ml.instants import plant_day
from analytics.tests.past import fill
from production.models import PlantClosure
from production.selectors.calendar import plant_timezone
from production.shopfloor.window import Window

LIE = "OEE was 99.9 % and everything is fine."


@pytest.fixture
def past(inside):
    fill(machines=3, days=20)
    return insight_window(7, now=clock.now())


def written(window, **more: Any) -> Insight:
    return write_insight(window=window, now=clock.now(), **more)


@pytest.fixture
def asking(settings):
    """Points the plant at a server."""

    def point(url: str, *, timeout_s: float = 6.0) -> None:
        settings.LANGUAGE_MODEL = LanguageModel(
            api_key="key-of-the-plant", name="llama-3.3-70b-versatile", base_url=url,
            max_tokens=2000, timeout_s=timeout_s,
        )  # fmt: skip

    return point


def facts_sent(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The facts of a request by their ids."""
    for message in body["messages"]:
        try:
            sent = json.loads(message["content"])
        except ValueError:
            continue
        return {fact["id"]: fact for fact in sent["facts"]}
    raise AssertionError("no message is a JSON object with facts")


def honest(body: dict[str, Any]) -> str:
    """A model that says one true sentence of each of two facts."""
    facts = facts_sent(body)
    oee = next(fact for fact in facts.values() if fact["label"].startswith("OEE, "))
    down = next(fact for fact in facts.values() if fact["label"].startswith("Downtime, "))
    return answer(
        [
            {"text": f"OEE was {oee['value']:.1f} %.", "fact_ids": [oee["id"]]},
            {"text": f"Downtime was {down['value']:,.0f} min.", "fact_ids": [down["id"]]},
        ]
    )


def lying(body: dict[str, Any]) -> str:
    oee = next(f for f in facts_sent(body).values() if f["label"].startswith("OEE, "))
    return answer([{"text": LIE, "fact_ids": [oee["id"]]}] * 3)


def half_lying(body: dict[str, Any]) -> str:
    said = json.loads(honest(body))["sections"]["executive_summary"]
    return answer([*said, {"text": LIE, "fact_ids": said[0]["fact_ids"]}])


def answer(summary: list[dict[str, Any]]) -> str:
    return json.dumps(
        {
            "sections": {"executive_summary": summary},
            "recommendations": [], "maintenance_plan": [], "quality": [],
        }
    )  # fmt: skip


def everything(insight: Insight) -> str:
    return json.dumps(insight.analysis, ensure_ascii=False)


def test_without_a_model_our_rules_write_and_say_so(past):
    insight = written(past)

    assert insight.source == "rules"
    assert insight.days == 7
    assert insight.facts
    assert not WriterCall.objects.exists()


def test_what_the_model_says_and_the_facts_hold_is_stored_under_its_name(past, asking):
    with chat_server(honest) as server:
        asking(server.url)
        insight = written(past)

    assert insight.source == "llama-3.3-70b-versatile"
    assert insight.dropped == []
    assert "OEE was" in everything(insight)
    call = WriterCall.objects.get()
    assert (call.status, call.source) == ("ok", "llama-3.3-70b-versatile")
    assert (call.prompt_tokens, call.completion_tokens) == (321, 45)
    assert call.messages == server.asked[0]["messages"]


def test_a_lie_is_asked_back_once_and_then_left_out(past, asking):
    with chat_server(half_lying) as server:
        asking(server.url)
        insight = written(past)

    assert len(server.asked) == 2
    assert insight.source == "llama-3.3-70b-versatile"
    assert LIE not in everything(insight)
    assert [one["text"] for one in insight.dropped] == [LIE]


def test_a_model_that_mostly_lies_is_not_heard_at_all(past, asking):
    with chat_server(lying) as server:
        asking(server.url)
        insight = written(past)

    assert insight.source == "rules"
    assert LIE not in everything(insight)
    assert WriterCall.objects.first().status == "rejected"


@pytest.mark.parametrize(
    ("mood", "status"),
    [("busy", "rate_limited"), ("closed", "not_allowed"), ("broken", "refused"),
     ("garbage", "garbage"), ("moved", "refused"), ("silent", "timeout"), ("dripping", "timeout")],
)  # fmt: skip
def test_a_server_in_trouble_costs_seconds_and_the_rules_stand_in(past, asking, mood, status):
    with chat_server(mood=mood) as server:
        asking(server.url, timeout_s=2.0)
        began = time.monotonic()
        insight = written(past)

    assert time.monotonic() - began < 10
    assert insight.source == "rules"
    assert WriterCall.objects.get().status == status


def test_an_answer_that_is_no_json_is_garbage(past, asking):
    with chat_server(lambda body: "Sure! Here is your analysis: all is well.") as server:
        asking(server.url)
        insight = written(past)

    assert insight.source == "rules"
    assert WriterCall.objects.first().status == "garbage"


def test_a_plant_that_does_not_allow_it_sends_nothing(past, asking):
    WriterChoice.objects.create(pk=1, asks_model=False)
    with chat_server(honest) as server:
        asking(server.url)
        insight = written(past)

    assert server.asked == []
    assert insight.source == "rules"


def test_no_person_key_or_other_plant_is_in_what_is_sent(past, asking):
    with chat_server(honest) as server:
        asking(server.url)
        written(past, asked_by="alice@amis.example")

    sent = json.dumps(server.asked[0])
    for word in ("alice", "@", "Lyon", "key-of-the-plant"):
        assert word not in sent, word


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800"])
def test_characters_that_no_table_keeps_are_garbage_and_the_rules_stand_in(past, asking, odd):
    with chat_server(lambda body: honest(body).replace("OEE was", f"OEE{odd} was")) as server:
        asking(server.url)
        insight = written(past)

    assert insight.source == "rules"
    assert WriterCall.objects.get().status == "garbage"


def test_a_few_hours_are_not_served_as_the_analysis_of_their_day(past):
    start = past.interval.end - timedelta(hours=18)
    written(Window(Interval(start, start + timedelta(hours=4))))

    assert insight_of(insight_window(1, now=clock.now())) is None


def test_nothing_is_suggested_for_days_that_the_plants_calendar_closes(past):
    today = plant_day(clock.now(), plant_timezone())
    before = analysis_of(written(past).analysis)
    days = {item.date for item in before.plan}
    days |= {step.due for step in before.recommendations if step.due}
    first = min(days)
    assert first == today
    for n in range(3):
        PlantClosure.objects.create(day=today + timedelta(days=n), name="Inventory")
    after = analysis_of(written(past).analysis)
    assert after.plan
    reopens = today + timedelta(days=3)
    assert all(item.date >= reopens for item in after.plan)
    assert all(step.due >= reopens for step in after.recommendations if step.due)
