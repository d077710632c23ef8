"""What all facts of a window are made from: read once, handed to each topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone as clock

from ai_insights.grounding.fact import PLANT, Fact
from ai_insights.selectors.costs import Costs, costs_on
from ai_insights.selectors.facts import days
from analytics.kpis.losses import lost_s
from analytics.kpis.plain import plainly
from analytics.kpis.rollup import Sums, kpis
from analytics.selectors import kpi_sums
from analytics.selectors.targets import Targets, targets_on
from production.models import Machine
from production.selectors.calendar import plant_timezone
from production.selectors.machines import plant_machines
from production.selectors.stop_reasons import ReasonTotal, counted_until, reason_totals
from production.shopfloor.window import Window
from tenants.models import Tenant

STILL_NOW = timedelta(minutes=10)
MOST_MACHINES = 3
"""So many machines have facts of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A window of a plant. `figures` are the KPIs of `total` as the API names them, `before` those
    of `total_before`, the window before; `own` are each machine's sums by `machine_id`, `worst` the
    machines that lost most, the worst first. Stops that go on count until `until`.
    """

    window: Window
    window_before: Window
    now: datetime
    until: datetime
    timezone: str
    plant: str
    machines: Mapping[str, Machine]
    total: Sums
    figures: Mapping[str, Any]
    total_before: Sums
    before: Mapping[str, Any]
    own: Mapping[str, Sums]
    worst: list[Machine]
    targets: Targets
    costs: Costs
    reasons: list[ReasonTotal]

    @property
    def words(self) -> str:
        return days.window_words(self.window, timezone=self.timezone, now=self.now)

    @property
    def words_before(self) -> str:
        return days.window_words(self.window_before, timezone=self.timezone, now=self.now)

    @property
    def is_present(self) -> bool:
        """Whether `now` is this moment, so that what the machines do just now may be told."""
        return abs(clock.now() - self.now) < STILL_NOW

    @property
    def day(self) -> date:
        """The day whose targets and costs hold: the window's last."""
        return days.last_day(self.window, timezone=self.timezone)

    def fact(
        self,
        key: str,
        label: str,
        value: float | None,
        unit: str,
        machine: Machine | None = None,
        **more: str,
    ) -> Fact:
        """A fact without its number. The label gets the name of the machine, or of the plant."""
        name = machine.machine_name if machine else self.plant
        return Fact(
            id="",
            key=key,
            label=f"{label}, {name}",
            value=None if value is None else float(value),
            unit=unit,
            machine_id=machine.machine_id if machine else PLANT,
            machine_name=machine.machine_name if machine else "",
            **{"window": self.words, **more},
        )

    def kpis_url(self, machine: Machine | None = None, *, before: bool = False) -> str:
        window = self.window_before if before else self.window
        return days.address("/api/kpis", window, **of(machine))

    def stops_url(self, machine: Machine | None = None, **more: str) -> str:
        return days.address("/api/stops", self.window, **of(machine), **more)


def of(machine: Machine | None) -> dict[str, str]:
    """The machine as a query names it."""
    return {"machine_id": machine.machine_id} if machine else {}


def scene_of(window: Window, *, now: datetime) -> Scene:
    timezone = plant_timezone()
    machines = list(plant_machines().order_by("machine_id"))
    before = days.window_before(window, timezone=timezone)
    sums = kpi_sums(window=window, machines=machines, now=now)
    sums_before = kpi_sums(window=before, machines=machines, now=now)
    until = counted_until(window, now=now)
    day = days.last_day(window, timezone=timezone)
    own = {machine.machine_id: total for machine, total in sums.machines}
    return Scene(
        window=window,
        window_before=before,
        now=now,
        until=until,
        timezone=timezone,
        plant=_plant_name(),
        machines={machine.machine_id: machine for machine in machines},
        total=sums.total,
        figures=plainly(kpis(sums.total)),
        total_before=sums_before.total,
        before=plainly(kpis(sums_before.total)),
        own=own,
        worst=sorted((m for m in machines if m.machine_id in own), key=_worst_first(own)),
        targets=targets_on(day),
        costs=costs_on(day),
        reasons=reason_totals(window, machines, until=until),
    )


def _worst_first(own: Mapping[str, Sums]) -> Any:
    def rank(machine: Machine) -> tuple[float, float, str]:
        sums = own[machine.machine_id]
        return -(lost_s(sums) or 0.0), -sums.adet_s, machine.machine_id

    return rank


def _plant_name() -> str:
    known: str | None = getattr(connection.tenant, "tenant_name", None)
    if known:
        return known
    names = Tenant.objects.values_list("tenant_name", flat=True)
    return names.get(schema_name=connection.schema_name)
