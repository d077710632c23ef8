"""Words in a plant's rows that name the plant; and the variables that tell processes of them."""

from __future__ import annotations

import re

FOLDER, NAIVE = "BENCH_WITNESS", "BENCH_NAIVE"
CANARY = re.compile(r"canary-([a-z0-9_]+)")


def canaries(text: str) -> set[str]:
    """The plants that a text speaks of."""
    return set(CANARY.findall(text))
