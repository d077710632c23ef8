"""How much history a prediction of the next shift needs, in words."""

from __future__ import annotations

from collections.abc import Mapping

LEAST_SHIFTS = 21
"""Shifts with a known downtime that at least one machine must have: a week of three a day."""


def missing_shifts(usable: Mapping[str, int]) -> list[str]:
    """Sentences with have and need; empty where a model can be trained.

    >>> missing_shifts({"M001": 5, "M002": 3})
    ['Shifts with a known downtime: have 5 of M001, the machine with most, need 21.']
    >>> missing_shifts({"M001": 30})
    []
    """
    if not usable:
        return [f"Shifts with a known downtime: have 0, need {LEAST_SHIFTS}."]
    best = max(usable, key=lambda name: (usable[name], name))
    if usable[best] >= LEAST_SHIFTS:
        return []
    if usable[best] == 0:
        return [f"Shifts with a known downtime: have 0, need {LEAST_SHIFTS}."]
    who = f"of {best}, the machine with most," if len(usable) > 1 else f"of {best},"
    return [f"Shifts with a known downtime: have {usable[best]} {who} need {LEAST_SHIFTS}."]
