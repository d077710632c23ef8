"""KPI sums of a window: what records say, and the planned time of which none tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.utils import timezone as clock

from analytics.kpis.rollup import Sums
from analytics.selectors.question import Key, Question
from analytics.selectors.recorded import recorded
from analytics.selectors.silence import silent_s
from production.live import data_version
from production.models import Machine
from production.shopfloor.window import Window

__all__ = ["KpiSums", "kpi_sums"]


@dataclass(frozen=True, slots=True)
class KpiSums:
    """The sums of a window: of the plant, of each machine, of each group where one was asked."""

    version: int
    total: Sums
    machines: list[tuple[Machine, Sums]]
    groups: list[tuple[str, Sums]] | None = None


def kpi_sums(
    *,
    window: Window,
    machines: list[Machine],
    shift: str | None = None,
    group_by: str | None = None,
    now: datetime | None = None,
) -> KpiSums:
    """Add up the effective records of a window by machine, and the planned time that has none."""
    question = Question(window, tuple(machines), now or clock.now(), shift, group_by)
    version = data_version(connection.schema_name)
    answer = recorded(question, version)
    by_machine, by_key = dict(answer.machines), dict(answer.keys)
    for (pk, key), seconds in silent_s(question, answer).items():
        by_machine[pk] = _with_silence(by_machine.get(pk), seconds)
        by_key[key] = _with_silence(by_key.get(key), seconds)
    shown = [(m, by_machine.get(m.pk, Sums())) for m in machines if m.active or m.pk in by_machine]
    return KpiSums(
        version=version,
        total=sum((sums for _, sums in shown), Sums()),
        machines=shown,
        groups=_groups(group_by, shown, by_key),
    )


def _with_silence(sums: Sums | None, seconds: float) -> Sums:
    sums = sums or Sums()
    return replace(sums, no_data_s=sums.no_data_s + seconds)


def _groups(
    group_by: str | None, machines: list[tuple[Machine, Sums]], by_key: dict[Key, Sums]
) -> list[tuple[str, Sums]] | None:
    if group_by is None:
        return None
    if group_by == "machine":
        return [(machine.machine_id, sums) for machine, sums in machines]
    if group_by == "line":
        by_key = {}
        for machine, sums in machines:
            name = machine.line.name if machine.line else ""
            by_key[name] = by_key.get(name, Sums()) + sums
    return [(str(key), by_key[key]) for key in sorted(by_key)]
