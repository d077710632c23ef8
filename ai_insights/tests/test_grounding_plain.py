"""Plain forms lose nothing, and every sentence that is served has its row of citations."""

import json
from datetime import date

from ai_insights.grounding.plain import (
    analysis_of,
    facts_of,
    plain_analysis,
    plain_facts,
    spoken,
)  # fmt: skip
from ai_insights.grounding.rules import write
from ai_insights.tests.sample_facts import board_facts

FACTS = board_facts()
ANALYSIS = write(FACTS, start=date(2026, 11, 19))


def test_facts_come_back_from_json_as_they_were():
    assert facts_of(json.loads(json.dumps(plain_facts(FACTS)))) == FACTS


def test_an_analysis_comes_back_from_json_as_it_was():
    assert analysis_of(json.loads(json.dumps(plain_analysis(ANALYSIS)))) == ANALYSIS


def test_an_analysis_that_an_earlier_version_stored_is_still_read():
    stored = plain_analysis(ANALYSIS)
    stored["plan"] = [{**item, "is_planned": False} for item in stored["plan"]]
    assert analysis_of(stored) == ANALYSIS


def test_the_strings_are_made_of_the_cited_sentences_and_nothing_else():
    said = spoken(ANALYSIS)
    rest = " ".join([said.full_analysis, said.maintenance_plan, said.quality_insights])
    for row in said.citations:
        assert row["text"] in rest
        assert row["fact_ids"]
        rest = rest.replace(row["text"], "", 1)
    assert rest.strip() == ""


def test_the_sections_are_those_of_the_contract():
    assert list(spoken(ANALYSIS).sections) == [
        "executive_summary", "root_cause_analysis", "recommendations", "risk_assessment",
    ]  # fmt: skip


def test_what_one_analysis_does_not_say_is_filled_from_another():
    empty = analysis_of({"sections": {}, "recommendations": [], "plan": [], "quality": []})
    assert empty.filled_from(ANALYSIS) == ANALYSIS
    assert ANALYSIS.filled_from(empty) == ANALYSIS
