"""What a lost minute and a scrap piece cost, as it held on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ai_insights.models import Cost
from production.models import Machine


@dataclass(frozen=True, slots=True)
class Costs:
    """The costs of one day by machine; None is every machine without a row of its own."""

    rows: Mapping[int | None, Cost]

    def of(self, machine: Machine | None = None) -> Cost | None:
        """The machine's own, else the plant's; None where neither is set."""
        own = self.rows.get(machine.pk) if machine is not None else None
        return own or self.rows.get(None)


def costs_on(day: date) -> Costs:
    """All that hold on a plant day: of each machine the newest, in one query."""
    rows = Cost.objects.filter(valid_from__lte=day).order_by("valid_from")
    return Costs({row.machine_id: row for row in rows})
