"""What a lost minute and a scrap piece cost in the demo plants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ai_insights.models import Cost
from analytics.services.demo_targets import mid_year
from production.models import Machine
from production.services.demo import CHICAGO, LYON

PLANT_COSTS: Mapping[str, Mapping[str, Any]] = {
    CHICAGO: {"currency": "USD", "minute_low": 32.0, "minute_high": 44.0,
              "scrap_low": 1.8, "scrap_high": 2.6},
    LYON: {"currency": "EUR", "minute_low": 28.0, "minute_high": 40.0,
           "scrap_low": 1.5, "scrap_high": 2.4},
}  # fmt: skip
LAST_STATION = "M003"
"""When Packaging stands, the whole line does."""
DEARER = 1.25


def set_demo_costs(plant: str, *, today: date) -> None:
    """In the plant that is entered; one that has any cost already is left as people made it."""
    if Cost.objects.exists():
        return
    usual, since = PLANT_COSTS[plant], mid_year(today)
    Cost.objects.create(valid_from=since, **usual)
    if machine := Machine.objects.filter(machine_id=LAST_STATION).first():
        ends = {name: usual[name] * DEARER for name in ("minute_low", "minute_high")}
        Cost.objects.create(machine=machine, valid_from=since, **{**usual, **ends})
