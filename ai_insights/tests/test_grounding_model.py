"""What a language model is told, how its answer is read, and what of it is kept."""

import json
from datetime import date

import pytest

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.checked import checked
from ai_insights.grounding.plain import plain_analysis
from ai_insights.grounding.prompt import ANSWER_SCHEMA, messages_of, repair_messages
from ai_insights.grounding.reading import Unreadable, read
from ai_insights.grounding.rules import write
from ai_insights.tests.sample_facts import NAMES, board_facts, renamed

START = date(2026, 11, 19)
FACTS = board_facts()
OURS = write(FACTS, start=START)
ANSWER = json.dumps(plain_analysis(OURS))


def answer(*texts: str, ids: tuple[str, ...] = ("K1",)) -> str:
    claims = [{"text": text, "fact_ids": list(ids)} for text in texts]
    return json.dumps({"sections": {"executive_summary": claims}})


def judged(text: str):
    return checked(read(text), FACTS, NAMES, first_day=START)


def test_what_is_sent_is_one_object_with_the_six_columns_of_each_fact():
    system, user = messages_of(FACTS, plant="Chicago", days=7, first_day=START)
    told = json.loads(user["content"])
    assert [system["role"], user["role"]] == ["system", "user"]
    assert set(told["facts"][0]) == {"id", "label", "value", "unit", "window", "machine_id"}
    assert len(told["facts"]) == len(FACTS.rows)
    assert told["answer_schema"] == ANSWER_SCHEMA
    assert told["plan_days"][0] == "2026-11-19"


def test_addresses_and_tokens_in_names_are_not_sent():
    facts = renamed(FACTS, "M002", "Call bob@acme.example gsk_0a1b2c3d4e5f6a7b8c9d0e1f")
    sent = messages_of(facts, plant="Chicago", days=7)[1]["content"]
    assert "acme.example" not in sent
    assert "gsk_" not in sent


@pytest.mark.parametrize(
    "text", [ANSWER, f"```json\n{ANSWER}\n```", f"Sure, here it is:\n{ANSWER}\nHope it helps."]
)
def test_an_answer_is_read_with_fences_and_words_around_it(text):
    assert list(read(text).claims()) == list(OURS.claims())


@pytest.mark.parametrize(
    "text", ["", "no", "{", "{]}", "[]", "{}", '{"sections": 3}', '{"quality": [{"fact_ids": []}]}',
             '{"sections": {"executive_summary": [{"text": 5}]}, "plan": [null, {"date": 1}]}']
)  # fmt: skip
def test_garbage_is_refused_with_a_reason(text):
    with pytest.raises(Unreadable, match="answer"):
        read(text)


def test_ids_in_a_text_are_cited_and_taken_out_of_it_and_sentences_are_parted():
    said = read(answer("OEE was 82.5 % [K1]. It missed its target of 85.0 % (K2).", ids=()))
    assert said.sections["executive_summary"] == (
        Claim("OEE was 82.5 %.", ("K1", "K2")),
        Claim("It missed its target of 85.0 %.", ("K1", "K2")),
    )


def test_what_holds_is_kept_whole():
    found = judged(ANSWER)
    assert (found.analysis, found.dropped, found.too_many) == (OURS, [], False)


def test_a_lie_is_dropped_with_its_reason_and_the_rest_stays():
    found = judged(answer("OEE was 82.5 %.", "OEE was 99 %."))
    assert [claim.text for claim in found.analysis.sections["executive_summary"]] == [
        "OEE was 82.5 %."
    ]
    assert found.dropped == [
        {"text": "OEE was 99 %.", "why": "“99 %” is in none of the facts that it cites"}
    ]
    assert not found.too_many


def test_when_more_than_half_falls_nothing_is_to_be_shown():
    assert judged(answer("OEE was 82.5 %.", "OEE was 99 %.", "OEE was 98 %.")).too_many


def test_a_step_falls_with_its_action_and_an_effect_alone():
    plain = plain_analysis(OURS)
    plain["recommendations"] = plain["recommendations"][1:3]
    plain["recommendations"][0]["action"]["text"] = "Stop Packer 3."
    plain["recommendations"][1]["effect"]["text"] = "That saves 9,999 min."
    found = judged(json.dumps(plain))
    assert [(one.action.text, one.effect) for one in found.analysis.recommendations] == [
        (OURS.recommendations[2].action.text, None)
    ]


@pytest.mark.parametrize("change", [{"date": "2031-01-01"}, {"date": "soon"}])
def test_maintenance_outside_the_week_falls(change):
    plain = plain_analysis(OURS)
    plain["plan"] = [{**plain["plan"][0], **change}]
    assert judged(json.dumps(plain)).analysis.plan == ()


def test_a_machine_that_does_not_exist_gives_way_to_that_of_the_facts():
    plain = plain_analysis(OURS)
    plain["plan"] = [{**plain["plan"][0], "machine_id": "M999", "machine_name": "Ghost"}]
    item = judged(json.dumps(plain)).analysis.plan[0]
    assert (item.machine_id, item.machine_name) == (
        OURS.plan[0].machine_id, OURS.plan[0].machine_name,
    )  # fmt: skip


def test_the_model_is_told_once_more_what_does_not_hold():
    first = messages_of(FACTS, plant="Chicago", days=7)
    again = repair_messages(first, "{}", [{"text": "OEE was 99 %.", "why": "no fact"}])
    assert [one["role"] for one in again] == ["system", "user", "assistant", "user"]
    assert "OEE was 99 %." in again[-1]["content"]
