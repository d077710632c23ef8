"""Figures in Prometheus' text format, over all plants and without their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Sum
from django_tenants.utils import schema_context

from amis import __version__, health
from production.live import machine_elements
from production.models import Connection, IngestCount, Machine
from tenants.selectors import active_schemas

Labels = dict[str, str]


def exposition() -> str:
    """The whole page."""
    lines = [
        *_family("amis_info", "gauge", "The version.", [({"version": __version__}, 1)]),
        *_family(
            "amis_check_ok",
            "gauge",
            "1 while a part of AMIS answers.",
            [({"check": n}, int(c.ok)) for n, c in health.run(health.READINESS).items()],
        ),
        *_family(
            "amis_heartbeat_age_seconds",
            "gauge",
            "Seconds since a worker's last sign of life.",
            [({"worker": name}, round(age, 1)) for name, age in health.ages().items()],
        ),
        *_plants(),
    ]
    return "\n".join(lines) + "\n"


def _plants() -> list[str]:
    values: Counter[tuple[str, str]] = Counter()
    machines: Counter[str] = Counter()
    connections: Counter[str] = Counter()
    for schema in active_schemas():
        with schema_context(schema):
            counts = IngestCount.objects.values_list("outcome", "reason").annotate(Sum("count"))
            values.update({(outcome, reason): total for outcome, reason, total in counts})
            connections.update(Connection.objects.values_list("status", flat=True))
            known = list(
                Machine.objects.filter(active=True).values_list("machine_id", "machine_name")
            )
        for element in machine_elements(schema, known):
            machines["stale" if element["is_stale"] else "live"] += 1
    return [
        *_family(
            "amis_ingest_values_total",
            "counter",
            "Values that connections delivered, by what became of them.",
            [({"outcome": o, "reason": r}, n) for (o, r), n in sorted(values.items())],
        ),
        *_family(
            "amis_machines",
            "gauge",
            "Machines by whether their data is live.",
            [({"data": name}, machines[name]) for name in ("live", "stale")],
        ),
        *_family(
            "amis_connections",
            "gauge",
            "OPC UA connections by status.",
            [({"status": s}, connections[s]) for s in Connection.Status.values],
        ),
    ]


def _family(name: str, kind: str, text: str, rows: Iterable[tuple[Labels, float]]) -> Iterable[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in rows:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{inside}}} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
