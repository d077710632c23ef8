"""Who lives: heartbeats of the workers, and the checks that tell whether AMIS can do its work."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.db import DatabaseError, connection
from django_tenants.utils import schema_context

from production.live import backfills, machine_elements
from production.models import Connection, Machine
from tenants.live import plant_key, valkey
from tenants.selectors import active_schemas

HEARTBEAT = plant_key("public", "heartbeat:")
QUEUES = ("default", "ingest", "provision", "ml", "ml_tf")
SILENT_AFTER_S = 25.0
LIVE_WITHIN_S = 15.0
FORGET_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One part's answer; `age_s` is the age of its last sign of life."""

    ok: bool
    detail: str
    age_s: float | None = None


def beat(name: str) -> None:
    """A worker's sign of life: `name` is its queue, or "beat"."""
    valkey().set(HEARTBEAT + name, time.time(), ex=FORGET_S)


def ages() -> dict[str, float]:
    """Seconds since each known sign of life."""
    names = [*QUEUES, "beat"]
    stamps = valkey().mget([HEARTBEAT + name for name in names])
    now = time.time()
    return {
        name: max(0.0, now - float(stamp))
        for name, stamp in zip(names, stamps, strict=True)
        if stamp is not None
    }


def database() -> Check:
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return _answered(started)


def cache() -> Check:
    started = time.monotonic()
    valkey().ping()
    return _answered(started)


def _answered(started: float) -> Check:
    took_ms = (time.monotonic() - started) * 1000
    return Check(ok=True, detail=f"answered in {took_ms:.0f} ms", age_s=0.0)


def _heard(*names: str) -> Check:
    """Whether all of these gave a sign of life lately."""
    known = ages()
    silent = [name for name in names if known.get(name, FORGET_S) > SILENT_AFTER_S]
    oldest = max((known[name] for name in names if name in known), default=None)
    if silent:
        return Check(ok=False, detail=f"silent: {', '.join(silent)}", age_s=oldest)
    return Check(ok=True, detail=f"heard: {', '.join(names)}", age_s=oldest)


def workers() -> Check:
    return _heard("default", "provision")


def ingest() -> Check:
    return _heard("ingest")


def scheduler() -> Check:
    return _heard("beat")


def backfill() -> Check:
    """Only a demo back-fills; a plant without a note about it has nothing to wait for."""
    waiting = [percent for percent in backfills(active_schemas()) if percent < 100]
    if not waiting:
        return Check(ok=True, detail="done")
    return Check(ok=False, detail=f"{min(waiting):.0f} % done")


def live() -> Check:
    """Every plant that has connections hears at least one of their machines."""
    silent = watched = 0
    youngest: list[float] = []
    for schema in active_schemas():
        with schema_context(schema):
            machines = list(
                Machine.objects.filter(active=True, connection__enabled=True).values_list(
                    "machine_id", "machine_name"
                )
            )
        if not machines:
            continue
        watched += 1
        heard = [e["age_s"] for e in machine_elements(schema, machines) if not e["is_stale"]]
        if heard and min(heard) <= LIVE_WITHIN_S:
            youngest.append(min(heard))
        else:
            silent += 1
    detail = f"{watched - silent} of {watched} plants with connections send data"
    return Check(ok=silent == 0, detail=detail, age_s=max(youngest, default=None))


def opcua() -> Check:
    """How many of all plants' enabled connections are connected."""
    enabled = connected = 0
    for schema in active_schemas():
        with schema_context(schema):
            states = list(Connection.objects.filter(enabled=True).values_list("status", flat=True))
        enabled += len(states)
        connected += states.count(Connection.Status.CONNECTED)
    detail = f"{connected} of {enabled} connections are connected"
    return Check(ok=connected == enabled, detail=detail)


READINESS: dict[str, Callable[[], Check]] = {
    "database": database,
    "cache": cache,
    "workers": workers,
    "ingest": ingest,
    "beat": scheduler,
    "backfill": backfill,
    "live": live,
}
HEALTH: dict[str, Callable[[], Check]] = {
    "database": database,
    "cache": cache,
    "workers": lambda: _heard(*QUEUES),
    "opcua": opcua,
    "scheduler": scheduler,
}


def run(checks: dict[str, Callable[[], Check]]) -> dict[str, Check]:
    """Run each check; a part that does not answer fails its own check and no other."""
    results = {}
    for name, check in checks.items():
        try:
            results[name] = check()
        except (DatabaseError, redis.RedisError) as error:
            results[name] = Check(ok=False, detail=f"does not answer ({type(error).__name__})")
    return results
