"""What tests see of an imported past."""

from __future__ import annotations

from datetime import UTC, datetime

from production.models import ProductionRecord, Stop

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)


def told(outcome) -> tuple[int, int, int, int]:
    return outcome.created, outcome.updated, outcome.unchanged, outcome.removed


def shift(day: str, name: str, machine_id="M001") -> ProductionRecord:
    return ProductionRecord.objects.get(
        machine__machine_id=machine_id, production_date=day, shift=name, source="imported"
    )


def stops() -> list[tuple[str, str, str]]:
    rows = Stop.objects.filter(imported=True).order_by("machine", "start")
    return [
        (f"{row.start:%d %H:%M}", f"{row.end:%d %H:%M}" if row.end else "", row.shift)
        for row in rows
    ]
