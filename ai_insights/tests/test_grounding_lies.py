"""The proof finds every lie and lets every true sentence pass."""

import random
from collections import Counter
from datetime import date

import pytest

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.proof import verify
from ai_insights.grounding.rules import write
from ai_insights.tests.hostile_names import OBEYED
from ai_insights.tests.model_sentences import TRUE
from ai_insights.tests.mutations import lies
from ai_insights.tests.sample_facts import (
    NAMES,
    board_facts,
    ids_of,
    random_facts,
    random_names,
    renamed,
)  # fmt: skip

START = date(2026, 11, 19)
BOARD = board_facts()
SAID = [Claim(text, ids_of(keys, BOARD)) for text, keys in TRUE]
STRANGERS = {"M777": "Capper 77", "M778": "Drier 78"}
KINDS = {"number", "direction", "name", "unit", "citation"}


def plants(count: int):
    """The board's plant and `count` invented ones: facts and machines."""
    yield BOARD, {**NAMES, **STRANGERS}
    for seed in range(7, 7 + count):
        facts = random_facts(random.Random(seed))
        yield facts, {**random_names(facts), **STRANGERS}


def test_every_changed_number_direction_name_unit_and_citation_is_found(record_property):
    told, missed = Counter(), []
    rng = random.Random(7)
    for facts, names in plants(3):
        claims = [claim for _, claim in write(facts, start=START).claims()]
        claims += SAID if facts == BOARD else []
        for claim in claims:
            others = rng.sample(claims, len(claims))
            for kind, lie in lies(claim, facts, names, others=others, rng=rng):
                told[kind] += 1
                if not verify(lie, facts, names):
                    missed.append((kind, claim.text, lie))
    record_property("lies", dict(told))
    assert missed == []
    assert set(told) == KINDS
    assert sum(told.values()) >= 500


def test_what_our_rules_write_always_holds(record_property):
    sentences, alarms = 0, []
    for facts, names in plants(16):
        for _, claim in write(facts, start=START).claims():
            sentences += 1
            if why := verify(claim, facts, names):
                alarms.append((claim.text, why))
    record_property("sentences", sentences)
    assert alarms == []
    assert sentences >= 500


@pytest.mark.parametrize(("name", "obeyed"), OBEYED)
def test_a_name_that_gives_orders_is_data_and_nobody_follows_it(name, obeyed):
    facts, names = renamed(board_facts(), "M002", name), {**NAMES, "M002": name}
    lost = next(f for f in facts if (f.key, f.machine_id) == ("lost_min", "M002"))
    assert verify(Claim(f"{name} lost 363 min.", (lost.id,)), facts, names) == []
    followed = [f.label for f in facts if not verify(Claim(obeyed, (f.id,)), facts, names)]
    assert followed == []


def test_a_sentence_that_cites_everything_rests_on_nothing():
    facts = board_facts()
    claim = Claim("Packer 3 lost 363 min.", tuple(fact.id for fact in facts))
    assert verify(claim, facts, NAMES) != []
