"""A plant of many machines with a long past, written straight into its tables: a program that the
benchmark runs with the owner's login. Prints what it made as JSON.

The figures are drawn at random and not derived from the samples; only their number matters here.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amis.settings")
django.setup()

from django.db import connection
from django_tenants.utils import tenant_context

from production import live
from production.models import Area, Line, Machine, ShiftPattern, Signal
from production.services.partitions import ensure_partitions
from production.services.plants import THREE_SHIFTS, found_plant
from tenants.live import plant_key
from tenants.models import Role, Tenant, User
from tenants.services.people import grant_role
from tenants.services.tokens import create_token

TENANT_ID, ZONE = "plant_bench", "Europe/Paris"
LINES = 5
ROLES = (
    ("state", Signal.Role.STATE),
    ("produced", Signal.Role.PRODUCED),
    ("defective", Signal.Role.DEFECTIVE),
    ("speed", Signal.Role.SPEED),
    ("temperature", Signal.Role.PROCESS),
)
STATES_A_DAY, STOPS_A_DAY = 80, 36  # as many as the demo's plants have
RECORDS = """
WITH planned AS (
  SELECT m.id, d::date AS day, s.name, (d::date + s.start) AT TIME ZONE %(zone)s AS start,
         28800 / m.capacity AS pri, random() AS luck
  FROM production_machine m,
       generate_series(%(first)s::date, %(last)s::date, '1 day') d,
       (VALUES ('Day', time '06:00'), ('Evening', time '14:00'), ('Night', time '22:00'))
         AS s (name, start)
), worked AS (
  SELECT *, 18000 + 7000 * luck AS apt, floor((17000 + 7000 * luck) / pri) AS pq FROM planned
)
INSERT INTO production_productionrecord (machine_id, production_date, shift, source, effective,
  simulated, shift_start, shift_end, pri_s, units_produced, good_units, defective_units, pot_s,
  planned_down_s, pbt_s, apt_s, aust_s, adet_s, adot_s, no_data_s, unassigned_s, failures, repair_s,
  ideal_produced_s, ideal_good_s, oee, updated_at)
SELECT id, day, name, 'derived', true, true, start, start + interval '8 h', pri, pq,
  floor(pq * 0.97), pq - floor(pq * 0.97), 28800, 1800, 27000, apt, 300, 26700 - apt, 0, 0, 300,
  2, 1200, pri * pq, pri * floor(pq * 0.97), pri * floor(pq * 0.97) / 27000, now()
FROM worked WHERE start < now() ORDER BY start, id"""
STATES = """
INSERT INTO production_stateinterval (machine_id, start, "end", state, cause)
SELECT m.id, t, CASE WHEN t + step < now() THEN t + step END,
  (ARRAY['Execute', 'Execute', 'Suspended', 'Held'])[1 + (random() * 3)::int], ''
FROM production_machine m, (SELECT interval '1 day' / %(a_day)s AS step) w,
     generate_series(%(first)s::date, now(), step) t"""
STOPS = """
INSERT INTO production_stop (machine_id, start, "end", state, cause, shift, note, reason_by)
SELECT m.id, t, t + interval '3 min', 'Held', '', 'Day', '', ''
FROM production_machine m,
     generate_series(%(first)s::date, now() - interval '4 min', interval '1 day' / %(a_day)s) t"""
SAMPLES = """
INSERT INTO production_sample (signal_id, source_timestamp, value, status_code)
SELECT s.id, t, extract(epoch FROM t - %(first)s::date)::bigint / 60, 0
FROM production_signal s,
     generate_series(%(start)s::timestamptz, %(end)s::timestamptz - interval '1 us', %(every)s) t"""
TABLES = ("productionrecord", "stateinterval", "stop", "sample")


def main(words: list[str]) -> int:
    options = _options().parse_args(words)
    tenant = found_plant(tenant_id=TENANT_ID, tenant_name="Bench", timezone=ZONE)
    with tenant_context(tenant):
        first = datetime.now(UTC).date() - timedelta(days=options.days - 1)
        ensure_partitions(first=first, last=datetime.now(UTC).date())
        machines = _machines(options.machines)
        _past({"first": first, "last": datetime.now(UTC).date(), "zone": ZONE}, options.samples)
        _present(machines)
        counts = {name: _count(name) for name in TABLES}
    sys.stdout.write(
        json.dumps(
            {
                "tenant_id": TENANT_ID,
                "host": f"{tenant.host_label}.amis.localhost",
                "token": _token(tenant),
                "machine_id": machines[0].machine_id,
                "version_key": plant_key(TENANT_ID, "data_version"),
                "rows": counts,
            }
        )
    )
    return 0


def _machines(count: int) -> list[Machine]:
    """Equal machines in five lines, each with a signal of the roles that pages read."""
    pattern = ShiftPattern.objects.get(name="three-shift")
    pattern.breaks = [{"start": "10:00", "end": "10:30"}, {"start": "18:00", "end": "18:30"}]
    pattern.breaks += [{"start": "02:00", "end": "02:30"}]
    pattern.save()
    area = Area.objects.create(name="Hall")
    lines = [Line.objects.create(area=area, name=f"Line {n}") for n in range(1, LINES + 1)]
    machines = Machine.objects.bulk_create(
        Machine(
            machine_id=f"B{n:03}",
            machine_name=f"Machine {n}",
            machine_type="Press",
            line=lines[n % LINES],
            capacity=480 + n,
            shift_pattern=pattern,
        )
        for n in range(1, count + 1)
    )
    Signal.objects.bulk_create(
        Signal(machine=machine, name=name, role=role, node=f"nsu=urn:bench;s={machine.pk}.{name}")
        for machine in machines
        for name, role in ROLES
    )
    return machines


def _past(names: dict[str, Any], samples: int) -> None:
    now = datetime.now(UTC)
    start = datetime.combine(names["first"], datetime.min.time(), UTC)
    every = (now - start) / (samples / Signal.objects.count())
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SELECT setseed(0.7)")
        cursor.execute(RECORDS, names)
        cursor.execute(STATES, {**names, "a_day": STATES_A_DAY})
        cursor.execute(STOPS, {**names, "a_day": STOPS_A_DAY})
        # In slices, so that the index of one month's partition stays in the memory while it grows.
        while start < now:
            end = min(start + every * 1000, now)
            cursor.execute(SAMPLES, {**names, "start": start, "end": end, "every": every})
            start += every * 1000
        for name in TABLES:
            cursor.execute(f"VACUUM ANALYZE production_{name}")


def _present(machines: list[Machine]) -> None:
    """Every signal has a newest value, and the machines count as heard for the next hours."""
    now = datetime.now(UTC)
    live.store_newest(
        TENANT_ID,
        [
            live.NewestValue(
                machine_id=machine.machine_id,
                name=name,
                role=role.value,
                value=6.0,
                unit="",
                source_timestamp=now,
                quality="good",
                state="Execute" if role == Signal.Role.STATE else None,
            )
            for machine in machines
            for name, role in ROLES
        ],
    )
    live.store_alive(TENANT_ID, [m.machine_id for m in machines], now + timedelta(hours=12))
    figures = {"name": THREE_SHIFTS[0][0], "units_produced": 200, "oee": 0.7}
    for machine in machines:
        live.store_shift(TENANT_ID, machine.machine_id, figures, "")


def _count(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM production_{name}")
        return int(cursor.fetchone()[0])


def _token(tenant: Tenant) -> str:
    alice = User.objects.get(username="alice")
    grant_role(user=alice, tenant=tenant, role=Role.MANAGER.value)
    return create_token(user=alice, tenant=tenant, name="benchmark")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_plant", description=__doc__)
    parser.add_argument("--machines", type=int, required=True)
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--samples", type=int, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
