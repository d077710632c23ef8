"""Lays an equipment file over the plant's rows: all of it or nothing, and harmless to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from amis.errors import Invalid
from production.models import Area, Connection, Line, Machine, ShiftPattern, Signal
from production.services.equipment.document import parse
from production.services.equipment.lined import Faults
from production.services.equipment.rows import Equipment, Row

BATCH = 500
ONE_IMPORT_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext('equipment'))"


@dataclass(frozen=True, slots=True)
class ImportResult:
    created: int
    updated: int
    unchanged: int


@dataclass(slots=True)
class _Changes:
    """What the import did, and which connections their worker must read again."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    connections: set[int] = field(default_factory=set)


def import_equipment(
    *,
    text: str,
    folder: Path,
    dry_run: bool = False,
    endpoints: Mapping[str, str] | None = None,
) -> ImportResult:
    """Bring the current plant to what the file says. Rows that it does not name are left alone.

    `endpoints` replaces the endpoint_url of connections by name. Raises Invalid with the line of
    every fault; then, as in a dry run, nothing is written.
    """
    equipment, faults = parse(text=text, folder=folder, endpoints=endpoints)
    changes = _Changes()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(ONE_IMPORT_AT_A_TIME, [connection.schema_name])
            _check_against_plant(equipment, faults)
            faults.raise_any()
            _apply(equipment, changes)
            bump_revisions(changes.connections)
            if dry_run:
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise Invalid(f"The plant refuses this file: {error}".strip()) from error
    return ImportResult(changes.created, changes.updated, changes.unchanged)


def bump_revisions(connection_ids: Iterable[int | None]) -> None:
    """Tell the ingest worker that these connections, or what hangs on them, have changed."""
    ids = {pk for pk in connection_ids if pk is not None}
    if ids:
        Connection.objects.filter(pk__in=ids).update(revision=F("revision") + 1)


def _check_against_plant(equipment: Equipment, faults: Faults) -> None:
    """References that lead nowhere, and names that meet rows which are there already."""
    known = {
        "shift_pattern": _names(equipment.patterns, ShiftPattern),
        "connection": _names(equipment.connections, Connection),
    }
    ids = {pk.lower(): pk for pk in Machine.objects.values_list("machine_id", flat=True)}
    for row in equipment.machines:
        there = ids.get(row.key.lower(), row.key)
        if there != row.key:
            faults.add(row.line, f"machine_id {row.key!r} is there already as {there!r}.")
        for what, names in known.items():
            name = row.fields[what]
            if name and name not in names:
                faults.add(
                    row.lines[what], f"{what}: there is no {name!r}, in this file or in the plant."
                )
    _check_roles(equipment, faults)


def _names(rows: list[Row], model: type[models.Model]) -> set[str]:
    stored = model._default_manager.values_list("name", flat=True)
    return {row.key for row in rows} | set(stored)


def _check_roles(equipment: Equipment, faults: Faults) -> None:
    """A role that a signal outside the file has already."""
    wanted = {row.key for row in equipment.signals}
    stored = Signal.objects.exclude(role=Signal.Role.PROCESS).values_list(
        "machine__machine_id", "role", "name"
    )
    taken = {(m, role): name for m, role, name in stored if (m, name) not in wanted}
    for row in equipment.signals:
        machine_id, _ = row.key
        other = taken.get((machine_id, row.fields["role"]))
        if other is not None:
            role = row.fields["role"]
            faults.add(row.line, f"role {role} of {machine_id} is taken by its signal {other!r}.")


def _apply(equipment: Equipment, changes: _Changes) -> None:
    patterns = _lay(ShiftPattern, equipment.patterns, _by("name", ShiftPattern), changes)
    connections = _lay(Connection, equipment.connections, _by("name", Connection), changes)
    areas = _lay(Area, equipment.areas, _by("name", Area), changes)
    lines = {(line.area.name, line.name): line for line in Line.objects.select_related("area")}
    rows = [_with(row, area_id=areas[row.fields["area"]].pk) for row in equipment.lines]
    lines = _lay(Line, rows, lines, changes)
    rows = [
        _with(
            row,
            line_id=lines[row.fields["line"]].pk,
            shift_pattern_id=_pk(patterns, row.fields["shift_pattern"]),
            connection_id=_pk(connections, row.fields["connection"]),
        )
        for row in equipment.machines
    ]
    machines = _lay(Machine, rows, _by("machine_id", Machine), changes)
    stored = {(s.machine.machine_id, s.name): s for s in Signal.objects.select_related("machine")}
    _free_roles(equipment, stored)
    rows = [_with(row, machine=machines[row.key[0]]) for row in equipment.signals]
    _lay(Signal, rows, stored, changes)


def _by(name: str, model: type[models.Model]) -> dict[Any, Any]:
    return {getattr(row, name): row for row in model._default_manager.all()}


def _pk(rows: Mapping[str, models.Model], name: str) -> int | None:
    return rows[name].pk if name else None


def _with(row: Row, **columns: Any) -> Row:
    """The row with columns in place of the names of what it refers to."""
    named = {column.removesuffix("_id") for column in columns}
    plain = {key: value for key, value in row.fields.items() if key not in named}
    return Row(row.line, row.key, plain | columns)


def _free_roles(equipment: Equipment, stored: Mapping[Any, Signal]) -> None:
    """Two signals may swap their roles, though a role may stand only once at any moment."""
    moving = [
        signal.pk
        for row in equipment.signals
        if (signal := stored.get(row.key)) and signal.role != row.fields["role"]
    ]
    Signal.objects.filter(pk__in=moving).update(role=Signal.Role.PROCESS)


def _lay(
    model: type[models.Model], rows: list[Row], stored: dict[Any, Any], changes: _Changes
) -> dict[Any, Any]:
    """Create what is missing, update what differs; returns all rows of the plant by their key."""
    new: list[Any] = []
    changed: list[Any] = []
    columns: set[str] = set()
    for row in rows:
        there = stored.get(row.key)
        if there is None:
            stored[row.key] = there = model(**row.fields)
            new.append(there)
        else:
            different = {k: v for k, v in row.fields.items() if _plain(getattr(there, k)) != v}
            if not different:
                changes.unchanged += 1
                continue
            changes.connections |= _connections_of(there)
            for name, value in different.items():
                setattr(there, name, value)
            columns |= different.keys()
            changed.append(there)
    model._default_manager.bulk_create(new, batch_size=BATCH)
    if changed:
        model._default_manager.bulk_update(changed, sorted(columns), batch_size=BATCH)
    for there in (*changed, *(new if model is not Connection else ())):
        changes.connections |= _connections_of(there)
    changes.created += len(new)
    changes.updated += len(changed)
    return stored


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _connections_of(row: Any) -> set[int]:
    """The connection whose worker reads this row."""
    if isinstance(row, Connection):
        return {row.pk}
    if isinstance(row, Signal):
        row = row.machine
    found = row.connection_id if isinstance(row, Machine) else None
    return {found} if found else set()
