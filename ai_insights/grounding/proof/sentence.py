"""A sentence that is being proved, read once for all checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ai_insights.grounding.fact import Fact
from ai_insights.grounding.proof.dates import unbacked_times
from ai_insights.grounding.proof.figures import Backed, back
from ai_insights.grounding.proof.names import masked, own_names


@dataclass(frozen=True, slots=True)
class Sentence:
    """`bare` is `text` with names, days and times struck out at their length."""

    text: str
    bare: str
    cited: Sequence[Fact]
    backed: Sequence[Backed]


def read(text: str, cited: Sequence[Fact]) -> tuple[Sentence, list[str]]:
    """The sentence, and a reason for each number and time of it that has no fact."""
    nameless = masked(text, own_names(cited) | _labels_with_numbers(cited))
    bare, wrong = unbacked_times(nameless, cited)
    backed, unbacked = back(bare, cited)
    return Sentence(text, bare, cited, backed), wrong + unbacked


def _labels_with_numbers(cited: Sequence[Fact]) -> set[str]:
    return {fact.label for fact in cited if any(sign.isdigit() for sign in fact.label)}
