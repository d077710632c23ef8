"""Targets of the demo plants, a little above what their simulator reaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from analytics.models import Target
from production.models import Machine
from production.services.demo import CHICAGO, LYON

Metric = Target.Metric
PLANT_TARGETS: Mapping[str, Mapping[str, float]] = {
    CHICAGO: {
        Metric.OEE: 0.85,
        Metric.AVAILABILITY: 0.905,
        Metric.EFFECTIVENESS: 0.965,
        Metric.QUALITY: 0.975,
        Metric.UNASSIGNED: 0.05,
    },
    LYON: {
        Metric.OEE: 0.84,
        Metric.AVAILABILITY: 0.9,
        Metric.EFFECTIVENESS: 0.96,
        Metric.QUALITY: 0.975,
        Metric.UNASSIGNED: 0.05,
    },
}
SLOWEST = "M003"
"""Packaging, which stands more often than the others, has an aim of its own."""
SLOWEST_OEE = 0.8


def set_demo_targets(plant: str, *, today: date) -> None:
    """In the plant that is entered; one that has any target already is left as people made it."""
    if Target.objects.exists():
        return
    since = mid_year(today)
    rows = [
        Target(metric=metric, value=value, valid_from=since)
        for metric, value in PLANT_TARGETS[plant].items()
    ]
    if machine := Machine.objects.filter(machine_id=SLOWEST).first():
        rows.append(Target(metric=Metric.OEE, machine=machine, value=SLOWEST_OEE, valid_from=since))
    Target.objects.bulk_create(rows)


def mid_year(today: date) -> date:
    """The last first of July."""
    this_year = date(today.year, 7, 1)
    return this_year if this_year <= today else date(today.year - 1, 7, 1)
