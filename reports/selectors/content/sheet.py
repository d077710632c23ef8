"""What all parts of a report's content are made from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from ai_insights.selectors.facts.scene import Scene, scene_of
from ai_insights.selectors.windows import days_of
from amis.interval import Interval
from analytics.kpis.rollup import Sums
from analytics.selectors import kpi_sums
from production.models import Machine
from production.selectors.complete_day import last_complete_day
from reports.models import Report
from reports.selectors.windows import span_of_window, window_of_report


@dataclass(frozen=True)
class Sheet:
    """A report that is being made at `now`, and the scene of its window.

    `span` is the time of its strips. `moment` is that of what is said to come: now for the newest
    complete day, for an earlier window its end, so that it tells what was known then.
    """

    report: Report
    scene: Scene
    span: Interval
    first_day: date
    last_day: date
    moment: datetime
    now: datetime

    @property
    def is_past(self) -> bool:
        return self.moment < self.now

    @property
    def machines(self) -> list[Machine]:
        """Those with something in the window, worst first."""
        return self.scene.worst

    @cached_property
    def own_before(self) -> dict[str, Sums]:
        """Each machine's sums of the window before."""
        machines = list(self.scene.machines.values())
        found = kpi_sums(window=self.scene.window_before, machines=machines, now=self.now)
        return {machine.machine_id: sums for machine, sums in found.machines}


def moment_of(report: Report, *, now: datetime) -> datetime:
    """When what is to come was said, for a report that is made at `now`."""
    window = window_of_report(report)
    _, last = days_of(window)
    return now if last >= last_complete_day(now) else span_of_window(window).end


def sheet_of(report: Report, *, now: datetime) -> Sheet:
    window = window_of_report(report)
    first, last = days_of(window)
    return Sheet(
        report=report,
        scene=scene_of(window, now=now),
        span=span_of_window(window),
        first_day=first,
        last_day=last,
        moment=moment_of(report, now=now),
        now=now,
    )
