"""A chip stands behind the number of its fact, and every fact that is cited has one."""

from __future__ import annotations

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Fact, Facts
from ai_insights.views.chips import Piece, chipped


def fact(fact_id: str, value: float | None, unit: str = "min") -> Fact:
    return Fact(id=fact_id, key="any", label="Any", value=value, unit=unit, window="Wed 18 Nov")


FACTS = Facts(
    [fact("K1", 82.4812, "%"), fact("K2", 85.0, "%"), fact("K3", 1284.4), fact("K4", None)]
)


def shown(text: str, *ids: str) -> str:
    pieces = chipped(Claim(text, ids), FACTS)
    return "".join(piece.words or f"[{piece.fact_id}]" for piece in pieces)


def test_a_chip_follows_the_number_and_its_unit():
    said = shown("OEE was 82.5\u00a0% against 85.0\u00a0%.", "K1", "K2")
    assert said == "OEE was 82.5\u00a0%[K1] against 85.0\u00a0%[K2]."


def test_thousands_are_found_and_the_order_of_citing_does_not_matter():
    said = shown("It lost 1,284 min at 82.5 %.", "K1", "K3")
    assert said == "It lost 1,284 min[K3] at 82.5 %[K1]."


def test_a_fact_without_a_number_in_the_sentence_stands_before_its_full_stop():
    assert shown("Nothing is known yet.", "K4") == "Nothing is known yet[K4]."


def test_a_number_inside_another_is_not_the_facts():
    assert shown("Order 185.07 took 85.0 %.", "K2") == "Order 185.07 took 85.0 %[K2]."


def test_two_facts_of_one_value_get_a_place_each():
    twins = Facts([fact("K1", 12.0), fact("K2", 12.0)])
    pieces = chipped(Claim("It stood 12 min and 12 min.", ("K1", "K2")), twins)
    assert [one.fact_id for one in pieces if one.fact_id] == ["K1", "K2"]
    assert pieces[0] == Piece("It stood 12 min")
