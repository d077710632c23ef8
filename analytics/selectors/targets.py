"""What the plant wants to reach, as it held on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from analytics.models import Target
from production.models import Machine


@dataclass(frozen=True, slots=True)
class Aim:
    """A target and the plant day since which it holds. Ratios 0..1, minutes or pieces."""

    value: float
    since: date


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of one day by metric and machine; None as machine is the plant."""

    rows: Mapping[tuple[str, int | None], Aim]

    def of(self, metric: str, machine: Machine | None = None) -> Aim | None:
        """The machine's own, else the plant's; None where neither is set."""
        own = self.rows.get((metric, machine.pk)) if machine is not None else None
        return own or self.rows.get((metric, None))


def targets_on(day: date) -> Targets:
    """All that hold on a plant day: of each metric and machine the newest, in one query."""
    rows = Target.objects.filter(valid_from__lte=day).order_by("valid_from")
    found = rows.values_list("metric", "machine_id", "value", "valid_from")
    return Targets({(metric, pk): Aim(value, since) for metric, pk, value, since in found})


def targets_beside() -> ArraySubquery:
    """An annotation of machines, named so, for `targets_read`: it costs no query of its own."""
    rows = Target.objects.filter(Q(machine=OuterRef("pk")) | Q(machine__isnull=True))
    names = {"metric": "metric", "machine": "machine_id", "value": "value", "since": "valid_from"}
    return ArraySubquery(rows.order_by("valid_from").values(card=JSONObject(**names)))


def targets_read(machines: Iterable[Any], day: date) -> Targets:
    """Those that hold on a plant day, of machines that carry the annotation."""
    rows = {}
    for card in (card for machine in machines for card in machine.targets_beside):
        aim = Aim(float(card["value"]), date.fromisoformat(card["since"]))
        if aim.since <= day:
            rows[card["metric"], card["machine"]] = aim
    return Targets(rows)


def target_of(metric: str, *, machine: Machine | None = None, on: date) -> float | None:
    """The value that holds on a plant day: the machine's own, else the plant's."""
    aim = targets_on(on).of(metric, machine)
    return aim.value if aim else None
