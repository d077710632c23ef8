"""A plant's past stops from a file: every planned shift of the observed time becomes a record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from amis.errors import Invalid
from amis.interval import Interval
from production.live import bump_data_version
from production.models import Machine, ProductionRecord, StopReason
from production.selectors.calendar import calendar_of, closed_days, plant_timezone
from production.services.given import lock_machines
from production.services.past.observed import Observation, lay_observation
from production.services.past.outcome import Outcome
from production.services.past.stoppages import COLUMNS, ToldStops, read_stops
from production.services.past.table import Table
from production.services.past.times import instant_of
from production.services.record_events import MOST_TOLD, tell_records

STILL_NOW = timedelta(days=1)
"""A stop without an end goes on now where the observed time ended no longer ago, and where no
samples tell what the machine does.
"""

MOST_NAMED = 20
Source = ProductionRecord.Source


def import_stops(
    *,
    path: Path,
    observed_from: str,
    observed_to: str,
    only_named: bool = False,
    now: datetime | None = None,
) -> Outcome:
    """Store what the file tells of the observed time: stops, and the record of each planned shift
    that lies within it, also of one without a stop.

    Observed are the machines that the file names and, unless `only_named`, every active machine
    with a shift pattern of which neither samples nor submitted figures tell: a machine that never
    stopped has no row. Raises Invalid with every fault; then nothing is written.
    """
    now = now or timezone.now()
    zone = ZoneInfo(plant_timezone())
    observed = _observed(observed_from, observed_to, zone, now)
    machines = list(Machine.objects.select_related("shift_pattern", "connection"))
    without = _without_own_data()
    table = Table(path, COLUMNS, ("reason",))
    told = read_stops(
        table,
        machines={machine.machine_id.lower(): machine for machine in machines},
        zone=zone,
        observed=observed,
        may_go_on=without if now - observed.end <= STILL_NOW else (),
    )
    table.faults.raise_any()
    silent = set() if only_named else without - told.by_machine.keys()
    watched = [one for one in machines if one.pk in told.by_machine or one.pk in silent]
    outcome = _lay(watched, told, observed, str(zone))
    return outcome + Outcome(remarks=(*table.remarks, *_remarks(watched, silent, told)))


def _observed(first: str, last: str, zone: ZoneInfo, now: datetime) -> Interval:
    start, end = instant_of(first, zone), instant_of(last, zone)
    for name, value in (("--observed-from", start), ("--observed-to", end)):
        if value is None:
            raise Invalid(f"{name} must be a time such as 2026-02-07 or 2026-02-07T06:00:00Z.")
    assert start is not None and end is not None
    if end <= start:
        raise Invalid("--observed-to must lie after --observed-from.")
    if end > now:
        raise Invalid("--observed-to lies in the future: nobody has observed that time.")
    return Interval(start, end)


def _without_own_data() -> set[int]:
    """Active machines with a pattern of which only files have told, or nothing yet."""
    own = Q(records__source__in=(Source.DERIVED, Source.SUBMITTED))
    planned = Machine.objects.filter(active=True, shift_pattern__isnull=False)
    return set(planned.exclude(own).values_list("pk", flat=True))


def _lay(watched: list[Machine], told: ToldStops, observed: Interval, zone: str) -> Outcome:
    """All machines in one transaction, one after the other, so that memory stays small."""
    closed, reasons = closed_days(), _reasons()
    outcome, newest = Outcome(), []
    with transaction.atomic():
        lock_machines(machine.pk for machine in watched)
        for machine in watched:
            calendar = calendar_of(machine, timezone=zone, closed=closed)
            assert calendar is not None
            stops = told.by_machine.get(machine.pk, [])
            one = Observation(machine, calendar, observed, stops, reasons)
            done, stored = lay_observation(one)
            outcome += done
            newest += stored.changed[-MOST_TOLD:]
        tell_records(newest)
        if outcome.changed:
            schema = connection.schema_name
            transaction.on_commit(lambda: bump_data_version(schema))
    return outcome


def _reasons() -> dict[str, StopReason]:
    """The leaves of the plant's tree by name and by code, in lower case."""
    leaves = list(StopReason.objects.filter(parent__isnull=False))
    by_name = {leaf.name.lower(): leaf for leaf in leaves}
    return by_name | {leaf.code.lower(): leaf for leaf in leaves}


def _remarks(watched: list[Machine], silent: Collection[int], told: ToldStops) -> list[str]:
    remarks = [f"Observed machines: {len(watched)}."]
    names = [machine.machine_id for machine in watched if machine.pk in silent]
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        remarks.append(
            f"Without a row in the file, so without a stop: {', '.join(names[:MOST_NAMED])}{more}."
        )
    if told.outside:
        remarks.append(f"Rows outside the observed time, left out: {told.outside}.")
    return remarks
