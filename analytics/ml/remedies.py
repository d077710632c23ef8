"""What to look at for a reason of stops, found by a word in its name."""

from __future__ import annotations

REMEDIES = {
    ("jam", "stuck", "clog"): "check guides and feed",
    ("worn", "wear", "abrasion"): "check the wear and have the spare part ready",
    ("leak", "hydraulic", "pneumatic"): "check seals and hoses",
    ("overheat", "temperature", "cooling"): "check cooling and load",
    ("broken", "breakage", "tool"): "check the tool's life and have a spare ready",
    ("collision", "crash"): "check positions and clearances",
    ("sensor", "camera", "scanner"): "clean and test the sensor",
    ("drive", "motor", "servo"): "read the drive's log and check its load",
    ("starved", "material", "supply", "missing"): "make sure of the supply",
    ("blocked", "full"): "clear the way behind it",
    ("setup", "changeover", "adjust"): "prepare the changeover",
}
"""Words in lower case, as parts of a reason's name; the first entry that fits is taken."""
UNKNOWN = "find its cause"


def remedy(reason: str) -> str:
    """The beginning of a task for a person, without a full stop."""
    name = reason.lower()
    fitting = (what for words, what in REMEDIES.items() if any(word in name for word in words))
    return next(fitting, UNKNOWN)
