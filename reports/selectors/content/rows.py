"""The rows behind the figures: shift records and stops of the window, oldest first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from production.selectors.records import newest_first, record_rows, records_in
from production.selectors.stop_reasons import explained, stops_of
from reports.document.rows import Record, StopRow
from reports.selectors.content.sheet import Sheet

MINUTE = timedelta(minutes=1)
NOT_ON_PAPER = ("simulated", "updated_at")


def record_rows_of(sheet: Sheet) -> tuple[Record, ...]:
    scene = sheet.scene
    records = records_in(window=scene.window, machines=scene.machines.values())
    rows = reversed(record_rows(newest_first(records)))
    return tuple(Record(**_without(row, NOT_ON_PAPER)) for row in rows)


def stop_rows_of(sheet: Sheet) -> tuple[StopRow, ...]:
    """The stops that belong to the window as its records do; `reason` is what is known of why."""
    machines = list(sheet.scene.machines.values())
    stops = explained(stops_of(sheet.scene.window, machines), until=sheet.scene.until)
    stops = stops.select_related("machine", "reason__parent")
    return tuple(
        StopRow(
            machine_id=stop.machine.machine_id,
            machine_name=stop.machine.machine_name,
            start=stop.start,
            end=stop.end,
            minutes=stop.spent / MINUTE,
            state=stop.state,
            reason=stop.why,
            category=stop.reason.parent.name if stop.reason and stop.reason.parent else "",
            note=stop.note,
        )
        for stop in stops.order_by("start", "machine__machine_id")
    )


def _without(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
