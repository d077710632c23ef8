"""Rows brought to what is wanted by difference: what did not change is not touched."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from production.models import Machine, StateInterval, Stop
from production.services.row_copy import copy_rows

BATCH = 2000


class Synced(NamedTuple):
    """How many rows were new, changed and no longer wanted."""

    created: int
    updated: int
    removed: int


def sync_rows(
    model: type[StateInterval] | type[Stop],
    machine: Machine,
    existing: dict[datetime, Any],
    wanted: dict[datetime, dict[str, Any]],
) -> Synced:
    """Delete, change and add rows until `existing` is `wanted`; both are keyed by start."""
    gone = [row.pk for start, row in existing.items() if start not in wanted]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    changed, new = [], []
    for start, values in wanted.items():
        row = existing.get(start)
        if row is None:
            new.append(model(machine=machine, start=start, **values))
        elif put_values(row, values):
            changed.append(row)
    if changed:
        names = sorted({name for row in changed for name in wanted[row.start]})
        # `bulk_update` would write a CASE for every row and column.
        model.objects.bulk_create(
            changed,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=("machine", "start"),
            update_fields=names,
        )
    copy_rows(model, new)
    return Synced(len(new), len(changed), len(gone))


def put_values(row: Any, values: dict[str, Any]) -> bool:
    """Put the values on the row and tell whether that changed it."""
    different = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            different = True
    return different
