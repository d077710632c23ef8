"""A sentence holds exactly where its facts say what it says."""

from dataclasses import replace

import pytest

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Facts
from ai_insights.grounding.proof import verify
from ai_insights.tests import model_sentences
from ai_insights.tests.sample_facts import NAMES, board_facts, ids_of

FACTS = board_facts()
TRUE = [
    (
        "OEE was 82.5 %, 2.5 points under the target of 85.0 %;"
        " Filler 2 lost 363 of the 699 lost minutes.",
        "oee oee_gap oee_target lost_min lost_min:M002",
    ),
    ("Chicago missed its target: OEE 82.5 % against 85.0 %.", "oee oee_target"),
    ("OEE fell by 0.9 points from 83.4 % in 5–11 Nov.", "oee_change oee_before"),
    ("OEE was lower than before.", "oee oee_before"),
    ("Over seven days Filler 2 stood still for 742 min.", "downtime_min:M002"),
    (
        "Jams at its infeed came 61 times and took 342 min, 26.9 % of all downtime.",
        "stop_reason:M002 stop_reason_count:M002 stop_reason_share:M002",
    ),
    ("Filler 2's downtime of 12.4 h is the highest of all machines.", "downtime_min:M002"),
    (
        "Without action the Late shift on Thu 19 Nov has a 64 % chance"
        " of losing 30 min or more on Filler 2.",
        "risk_chance:M002",
    ),
    (
        "Without action the Late shift has a 64 % chance of losing half an hour or more.",
        "risk_chance:M002",
    ),
    (
        "The forecast for the next seven days is 1,284 min, between 899 and 1,798 min.",
        "forecast_total forecast_low forecast_high",
    ),
    (
        "Availability was 90.2 %, above its target of 90.0 %,"
        " but performance stayed below target at 92.7 % against 95.5 %.",
        "availability availability_target effectiveness effectiveness_target",
    ),
    ("Scrap rose from 1,188 to 1,320 pieces.", "scrap_units scrap_before"),
    ("Filler 2 made 1,000 of the 1,320 scrap pieces.", "scrap_units:M002 scrap_units"),
    ("Filler 2 lost more than Assembly 1: 363 min against 219 min.", "lost_min:M002 lost_min:M001"),
    (
        "Filler 2, Assembly 1 and Packer 3 lost 363, 219 and 117 min.",
        "lost_min:M002 lost_min:M001 lost_min:M003",
    ),
    ("The lost minutes cost between $20,970 and $32,154.", "lost_cost_low lost_cost_high"),
    ("The lost minutes cost 20,970 to 32,154 USD.", "lost_cost_low lost_cost_high"),
    ("Filler 2 is down now, for 12 min.", "down_now:M002"),
    ("Filler 2 was down at 11:42 on Thu 19 Nov, for 12 min.", "down_now:M002"),
    ("At 11:42 Filler 2 was not running.", "down_now:M002"),
    ("Filler 2 was running slower than its ideal speed.", "downtime_min:M002"),
    ("Filler 2 is at high risk.", "risk_chance:M002"),
    ("Clean and realign the infeed of Filler 2.", "stop_reason:M002"),
    ("This should lower downtime on Filler 2.", "downtime_min:M002"),
    (
        "12.9 % of the downtime has no reason; the target is 5 %.",
        "unassigned_share unassigned_target",
    ),
    ("Good pieces were 85,980, down from 86,930.", "good_units good_before"),
    ("Quality slipped to 98.7 % from 98.8 %.", "quality_ratio quality_ratio_before"),
    ("Downtime increased to 1,270 min from 1,236 min before.", "downtime_min downtime_before"),
    ("Downtime forecast, Chicago was 1284.0 min in 19–25 Nov.", "forecast_total"),
    ("OEE, Chicago was 82.4812 % in 12–18 Nov.", "oee"),
    ("Plan the inspection of Filler 2 for Thu 19 Nov.", "forecast_day stop_reason:M002"),
    ("OEE did not rise.", "oee oee_before"),
]
FALSE = [
    ("OEE was 85.0 %, under the target of 82.5 %.", "oee oee_target"),
    ("OEE was 82.5 %, above the target of 85.0 %.", "oee oee_target"),
    ("OEE was 99 %.", "oee"),
    ("OEE rose by 0.9 points.", "oee_change"),
    ("OEE was up 0.9 points on the week before.", "oee_change"),
    ("OEE did not fall.", "oee oee_before"),
    ("The plant reached its target.", "oee oee_target"),
    ("The plant beat its target: OEE 82.5 %.", "oee oee_target"),
    ("Packer 3 lost 363 min.", "lost_min:M002"),
    ("Filler 2 lost 219 min and Assembly 1 363 min.", "lost_min:M002 lost_min:M001"),
    ("Filler 2 lost more than Assembly 1: 219 min against 363 min.", "lost_min:M002 lost_min:M001"),
    ("Filler 2 and Assembly 1 lost 363 min.", "lost_min:M002 lost_min:M001"),
    (
        "Filler 2, Assembly 1 and Packer 3 lost 363, 117 and 219 min.",
        "lost_min:M002 lost_min:M001 lost_min:M003",
    ),
    ("Filler 2 lost 699 of the 363 min.", "lost_min:M002 lost_min"),
    ("Filler 2 lost 363 h.", "lost_min:M002"),
    ("Filler 2 lost 363 of the 699 lost hours.", "lost_min lost_min:M002"),
    ("M009 lost 363 min.", "lost_min:M002"),
    ("Film break took 342 min.", "stop_reason:M002"),
    ("Jams took 61 min.", "stop_reason_count:M002"),
    ("Packer 3 is at high risk.", "risk_chance:M003"),
    ("Filler 2 is at low risk.", "risk_chance:M002"),
    ("There was no downtime.", "downtime_min"),
    ("See https://evil.example for OEE 82.5 %.", "oee"),
    ("Mail bob@evil.example.", "oee"),
    ("OEE was **82.5 %**.", "oee"),
    ("Scrap was 82.5 %.", "oee"),
    ("Availability was 82.5 %.", "oee"),
    ("Two machines are down.", "oee"),
    ("Downtime doubled.", "downtime_min downtime_before"),
    ("HACKED", "oee"),
    ("Assembly 1 has the highest downtime.", "downtime_min:M001"),
    ("Quality improved to 98.7 %.", "quality_ratio quality_ratio_before"),
    ("OEE of Wed 11 Nov was 82.5 %.", "oee"),
    ("Filler 2 is up and running.", "down_now:M002"),
    ("Filler 2 was up at 11:42 on Thu 19 Nov.", "down_now:M002"),
    ("Filler 2 was running at 11:42.", "down_now:M002"),
    ("Filler 2 was down at 12:42 on Thu 19 Nov.", "down_now:M002"),
    ("Filler 2 has a 64 % chance of losing less than 30 min.", "risk_chance:M002"),
    ("OEE was 82,5 %.", "oee"),
    ("Downtime was 1,270 kWh.", "downtime_min"),
]


@pytest.mark.parametrize(("text", "keys"), (*TRUE, *model_sentences.TRUE))
def test_a_sentence_that_says_what_its_facts_say_holds(text, keys):
    assert verify(Claim(text, ids_of(keys, FACTS)), FACTS, NAMES) == []


@pytest.mark.parametrize(("text", "keys"), FALSE)
def test_a_sentence_that_says_anything_else_does_not_hold(text, keys):
    assert verify(Claim(text, ids_of(keys, FACTS)), FACTS, NAMES) != []


def test_a_sentence_without_a_fact_does_not_hold():
    assert verify(Claim("OEE was 82.5 %.", ()), FACTS, NAMES) == ["it cites no fact"]
    assert verify(Claim("OEE was 82.5 %.", ("K999",)), FACTS, NAMES) == ["there is no fact K999"]


def test_a_sentence_may_have_six_hundred_characters_and_no_more():
    ids = ids_of("oee oee_before", FACTS)
    short, long = ("OEE was lower than before. " * times for times in (22, 23))
    assert len(short) <= 600 < len(long)
    assert verify(Claim(short, ids), FACTS, NAMES) == []
    assert verify(Claim(long, ids), FACTS, NAMES) == ["it is empty or far too long"]


def test_a_sentence_may_rest_on_twelve_facts_and_no_more():
    ids = ids_of("lost_min:M002", FACTS)
    others = tuple(fact.id for fact in FACTS if fact.id not in ids and not fact.machine_id)
    for cited, reasons in (
        ((*ids, *others[:11]), []),
        ((*ids, *others[:12]), ["it cites more facts than a sentence can rest on"]),
    ):
        assert verify(Claim("Filler 2 lost 363 min.", cited), FACTS, NAMES) == reasons


def with_value(key: str, value: float) -> Facts:
    """The board's facts, but for one of the plant's figures."""
    return Facts(
        tuple(
            replace(fact, value=value) if fact.key == key and not fact.machine_id else fact
            for fact in FACTS
        )
    )


@pytest.mark.parametrize("said", ["There was no scrap.", "There were no defects."])
@pytest.mark.parametrize(("pieces", "holds"), [(0.0, True), (1.0, False)])
def test_nothing_is_said_of_what_is_nothing_only(said, pieces, holds):
    facts = with_value("scrap_units", pieces)
    claim = Claim(said, ids_of("scrap_units", facts))
    assert (verify(claim, facts, NAMES) == []) is holds


@pytest.mark.parametrize(
    "said", ["OEE was 85.0 %, as was its target of 85.0 %.", "The target of 85.0 % was reached."]
)
def test_a_number_that_two_facts_share_is_either_ones(said):
    facts = with_value("oee", 85.0)
    assert verify(Claim(said, ids_of("oee oee_target", facts)), facts, NAMES) == []
