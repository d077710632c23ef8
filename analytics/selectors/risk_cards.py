"""The next shift's risk of each machine, read with the machines themselves: no query of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from analytics.selectors.outlook_shapes import Factor, MachineRisk, ShiftAhead
from analytics.selectors.said import nearest_first, said_live

LONGEST_SHIFT = timedelta(days=2)
"""Bounds how far back an unfinished shift can have begun, for the index."""
NUMBERS = (
    "median_min", "expected_min", "lo80", "hi80", "lo95", "hi95", "p_downtime_30", "confidence",
    "usual_min", "planned_min",
)  # fmt: skip
WORDS = ("risk", "down_now", "served")
OF_SHIFT = ("shift", "production_date", "shift_start", "shift_end")


def newest_risk(now: datetime) -> ArraySubquery:
    """An annotation of machines: what `risk_of` reads."""
    said = said_live().filter(
        machine=OuterRef("pk"), shift_end__gt=now, shift_start__gt=now - LONGEST_SHIFT
    )
    names = (*NUMBERS, *WORDS, *OF_SHIFT, "factors")
    card = JSONObject(**{name: name for name in names})
    return ArraySubquery(nearest_first(said, now).values(card=card)[:1])


def risk_of(machine: Any, cards: list[dict[str, Any]]) -> tuple[ShiftAhead, MachineRisk] | None:
    """The shift and the machine's risk in it; None where nothing is said of one to come."""
    if not cards:
        return None
    (card,) = cards
    shift = ShiftAhead(
        name=card["shift"],
        date=date.fromisoformat(card["production_date"]),
        start=datetime.fromisoformat(card["shift_start"]),
        end=datetime.fromisoformat(card["shift_end"]),
    )
    risk = MachineRisk(
        machine_id=machine.machine_id,
        machine_name=machine.machine_name,
        state="",
        factors=[Factor(*factor) for factor in card["factors"]],
        # JSON writes 46.0 as 46.
        **{name: float(card[name]) for name in NUMBERS},
        **{name: card[name] for name in WORDS},
    )
    return shift, risk
