"""What cannot be predicted yet, in the sentences that the pages show."""

from __future__ import annotations

from collections.abc import Iterator

from ai_insights.grounding.fact import Fact
from ai_insights.selectors.facts.scene import Scene
from analytics.selectors.outlook_shapes import Insufficient


def missing_facts(scene: Scene, what: str, why: Insufficient, *, url: str) -> Iterator[Fact]:
    """A fact without a value for each sentence; `what` is not predicted."""
    for sentence in why.missing:
        yield scene.fact(
            "missing",
            f"{what}, not predicted",
            None,
            "",
            window="now",
            basis=sentence,
            text=sentence,
            url=url,
        )
