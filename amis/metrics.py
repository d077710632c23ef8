"""Figures in Prometheus' text format: over all plants without their names, or by plant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Sum
from django_tenants.utils import schema_context

from amis import __version__, health
from production.live import machine_elements
from production.models import Connection, IngestCount, Machine
from tenants.selectors import active_schemas
from tenants.served import answers

Labels = dict[str, str]


def exposition(*, by_plant: bool = False) -> str:
    """The whole page; `by_plant` names each plant by its id in the label `tenant_id`."""
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
        *_plants(by_plant=by_plant),
    ]
    return "\n".join(lines) + "\n"


def _plants(*, by_plant: bool) -> list[str]:
    values, machines, connections = Sums(by_plant), Sums(by_plant), Sums(by_plant)
    requests, schemas = Sums(by_plant), active_schemas()
    for schema in schemas:
        with schema_context(schema):
            counts = IngestCount.objects.values_list("outcome", "reason").annotate(Sum("count"))
            for outcome, reason, total in counts:
                values.add(schema, total, outcome=outcome, reason=reason)
            for status, count in _connections().items():
                connections.add(schema, count, status=status)
            known = list(
                Machine.objects.filter(active=True).values_list("machine_id", "machine_name")
            )
        stale = [element["is_stale"] for element in machine_elements(schema, known)]
        machines.add(schema, stale.count(False), data="live")
        machines.add(schema, stale.count(True), data="stale")
    for (schema, status), count in answers().items():
        if schema in schemas:
            requests.add(schema, count, status=str(status))
    return [
        *_family(
            "amis_requests_total",
            "counter",
            "Requests to plants that this process answered, by status.",
            requests.rows(),
        ),
        *_family(
            "amis_ingest_values_total",
            "counter",
            "Values that connections delivered, by what became of them.",
            values.rows(),
        ),
        *_family(
            "amis_machines", "gauge", "Machines by whether their data is live.", machines.rows()
        ),
        *_family("amis_connections", "gauge", "OPC UA connections by status.", connections.rows()),
    ]


def _connections() -> dict[str, int]:
    """Of the plant that is entered: how many there are of each status, also where there is none."""
    states = list(Connection.objects.values_list("status", flat=True))
    return {status: states.count(status) for status in Connection.Status.values}


class Sums:
    """Figures by their labels, added up over the plants unless they are told by plant."""

    def __init__(self, by_plant: bool) -> None:  # noqa: FBT001
        self._by_plant = by_plant
        self._sums: Counter[tuple[tuple[str, str], ...]] = Counter()

    def add(self, schema: str, count: int, **labels: str) -> None:
        plant = {"tenant_id": schema} if self._by_plant else {}
        self._sums[tuple((plant | labels).items())] += count

    def rows(self) -> list[tuple[Labels, float]]:
        return [(dict(labels), count) for labels, count in sorted(self._sums.items())]


def _family(name: str, kind: str, text: str, rows: Iterable[tuple[Labels, float]]) -> Iterable[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in rows:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{inside}}} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
