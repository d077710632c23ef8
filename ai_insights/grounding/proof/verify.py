"""Whether a sentence holds: whatever it says must be read from the facts that it cites."""

from __future__ import annotations

from collections.abc import Mapping

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Facts
from ai_insights.grounding.proof.binding import says_of, wrong_bindings
from ai_insights.grounding.proof.direction import wrong_directions
from ai_insights.grounding.proof.foreign import dictated_words, foreign_parts
from ai_insights.grounding.proof.names import own_names, strangers
from ai_insights.grounding.proof.sentence import read

LONGEST, MOST_FACTS = 600, 12
"""Characters and facts of a sentence: with every fact at hand nearly any number would be one."""


def verify(claim: Claim, facts: Facts, names: Mapping[str, str]) -> list[str]:
    """Why the sentence does not hold, a reason each; nothing where it holds.

    `names` are all machines of the plant: id and name. A number holds where it is the value of a
    cited fact, rounded to the decimals shown and in its unit, or where a label or window of it has
    the number. A machine or reason that is named, a day, and a direction ("fell", "below") must be
    those of cited facts. Names and reasons, whatever text they hold, are data: they are compared
    to the letter.
    """
    cited = [fact for fact_id in claim.fact_ids if (fact := facts.by_id(fact_id))]
    unknown = [fact_id for fact_id in claim.fact_ids if facts.by_id(fact_id) is None]
    if unknown:
        return [f"there is no fact {fact_id}" for fact_id in unknown]
    if not cited:
        return ["it cites no fact"]
    if len(claim.fact_ids) > MOST_FACTS:
        return ["it cites more facts than a sentence can rest on"]
    if not claim.text.strip() or len(claim.text) > LONGEST:
        return ["it is empty or far too long"]
    own = own_names(cited) | {fact.label for fact in cited}
    wrong = foreign_parts(claim.text, own) + strangers(claim.text, cited, facts, names)
    sentence, unbacked = read(claim.text, cited)
    wrong += unbacked + wrong_directions(sentence) + wrong_bindings(sentence, list(facts))
    every = {*names.values(), *names, *(text for f in facts for text in (f.machine_name, f.text))}
    wrong += dictated_words(claim.text, own, every)
    if not wrong and not says_of(sentence):
        wrong.append("it says nothing of the facts that it cites")
    return list(dict.fromkeys(wrong))
