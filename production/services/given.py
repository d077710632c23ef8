"""Records that somebody gave, a person or a file: they count in place of the derived ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection, transaction

from production.live import bump_data_version
from production.models import Machine, ProductionRecord
from production.services.derived_rows import upsert_records
from production.services.record_events import tell_records
from production.services.row_copy import copy_rows
from production.services.row_difference import put_values
from production.shopfloor.shifts import PlannedShift


class Given(Protocol):
    """What somebody says of one planned shift of a machine."""

    @property
    def machine(self) -> Machine: ...

    @property
    def shift(self) -> PlannedShift: ...

    def values(self, own: ProductionRecord | None) -> dict[str, Any]:
        """The record's columns; `own` is what the same source said before."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How many records were new, and those that were new or different."""

    received: int
    created: int
    changed: list[ProductionRecord]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "created": self.created,
            "updated": len(self.changed) - self.created,
            "unchanged": self.received - len(self.changed),
        }


def give_records(given: Sequence[Given], *, source: str) -> Stored:
    """Store what somebody gave and tell everybody who watches; all of it or nothing."""
    with transaction.atomic():
        lock_machines(one.machine.pk for one in given)
        stored = store_given(given, source=source)
        tell_records(stored.changed)
        if stored.changed:
            schema = connection.schema_name
            transaction.on_commit(lambda: bump_data_version(schema))
    return stored


def lock_machines(ids: Iterable[int]) -> None:
    """Until the transaction ends. Derivation holds the same lock: which record counts is decided
    by one at a time.
    """
    machines = Machine.objects.filter(pk__in=set(ids)).order_by("pk")
    list(machines.select_for_update(no_key=True).only("pk"))


def store_given(given: Sequence[Given], *, source: str) -> Stored:
    """Write what is new or different; a record of another source beside it stops counting."""
    stored = _stored(given)
    new, different, retired = [], [], []
    for one in given:
        beside = stored.get((one.machine.pk, one.shift.date, one.shift.name), {})
        own = beside.get(source)
        values = one.values(own) | {"effective": True, "simulated": False}
        if own is None:
            new.append(_new(one, source, values))
        elif put_values(own, values):
            different.append(own)
        retired += [r.pk for r in beside.values() if r.source != source and r.effective]
    if retired:
        ProductionRecord.objects.filter(pk__in=retired).update(effective=False)
    upsert_records(different)
    copy_rows(ProductionRecord, new)
    return Stored(len(given), len(new), [*new, *different])


def _stored(given: Sequence[Given]) -> dict[tuple[Any, ...], dict[str, ProductionRecord]]:
    """What is there of these machines and days: records by machine, day and shift, by source."""
    found: dict[tuple[Any, ...], dict[str, ProductionRecord]] = {}
    if given:
        rows = ProductionRecord.objects.filter(
            machine__in={one.machine.pk for one in given},
            production_date__in={one.shift.date for one in given},
        ).order_by()
        for row in rows:
            key = (row.machine_id, row.production_date, row.shift)
            found.setdefault(key, {})[row.source] = row
    return found


def _new(one: Given, source: str, values: dict[str, Any]) -> ProductionRecord:
    return ProductionRecord(
        machine_id=one.machine.pk,
        production_date=one.shift.date,
        shift=one.shift.name,
        source=str(source),
        **values,
    )
