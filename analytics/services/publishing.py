"""A plant publishes its sums for the corporate view: under its own role, its own rows alone."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import QuerySet

from analytics.kpis.rollup import Sums
from analytics.selectors.shift_sums import Key, ShiftSums, day_marks, plan_mark, shift_sums
from analytics.selectors.targets import targets_on
from production.live import data_version
from production.selectors.calendar import plant_timezone
from tenants.live import plant_key, valkey
from tenants.models import PublishedPlant, PublishedShift

COLUMNS = (*(field.name for field in fields(Sums)), "silence")
BATCH = 1000
LOOK_AGAIN = timedelta(minutes=5)
"""So often all days are looked at even where nothing said that it changed anything; the plant's
own figures are kept as long.
"""


def publish(now: datetime) -> int:
    """Bring what the plant that is entered has published up to `now`; how many shifts it wrote.

    Only the days whose records or plan moved are added up, and those of which the end has come
    since; the first time, or where it is not known what was published, the whole past. Another
    process that is at it is left to it.
    """
    schema = connection.schema_name
    with transaction.atomic():
        if not _is_ours():
            return 0
        before = PublishedPlant.objects.filter(tenant=schema).first()
        look = _look(before, now)
        written = _write(shift_sums(look.days, now=now), look.days)
        values = {"data_version": look.version, "published_at": now, "targets": _targets(now)}
        PublishedPlant.objects.update_or_create(tenant_id=schema, defaults=values)
    _keep(schema, look, now)
    return written


@dataclass(frozen=True, slots=True)
class _Look:
    """What the plant's data looked like, and which plant days are added up anew; None: all."""

    version: int
    plan: str
    marks: dict[str, str]
    looked_at: str
    days: Sequence[date] | None = None


def _look(before: PublishedPlant | None, now: datetime) -> _Look:
    """The version comes first: what changes after it is seen is published the next time."""
    version, kept = data_version(connection.schema_name), _kept(before)
    plan = _mark(plan_mark())
    if before is None or kept is None or kept.plan != plan:
        return _Look(version, plan, _day_marks(), now.isoformat())
    look = replace(kept, days=_unsettled(before.published_at, now))
    if kept.version != version or datetime.fromisoformat(kept.looked_at) + LOOK_AGAIN <= now:
        marks = _day_marks()
        days = sorted({*look.days, *_changed(kept.marks, marks)})
        look = _Look(version, plan, marks, now.isoformat(), days)
    return look


def _is_ours() -> bool:
    """Whether nobody else publishes this plant until our transaction ends."""
    lock = zlib.crc32(f"publish {connection.schema_name}".encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        return bool(cursor.fetchone()[0])


def _kept(before: PublishedPlant | None) -> _Look | None:
    """What was looked at when it was last published; None where that is not what the rows tell."""
    text = valkey().get(plant_key(connection.schema_name, "published"))
    if before is None or not text:
        return None
    kept = json.loads(text)
    return _Look(**kept["look"]) if kept["at"] == before.published_at.isoformat() else None


def _keep(schema: str, look: _Look, now: datetime) -> None:
    kept = {"at": now.isoformat(), "look": asdict(replace(look, days=None))}
    valkey().set(plant_key(schema, "published"), json.dumps(kept))


def _day_marks() -> dict[str, str]:
    return {day: _mark(mark) for day, mark in day_marks().items()}


def _mark(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}{len(text):x}"


def _changed(before: dict[str, str], marks: dict[str, str]) -> list[date]:
    days = {day for day in before.keys() | marks.keys() if before.get(day) != marks.get(day)}
    return [date.fromisoformat(day) for day in days]


def _unsettled(before: datetime, now: datetime) -> list[date]:
    """Plant days of which a shift may have begun, gone on or ended since: none is over a day
    long.
    """
    zone = ZoneInfo(plant_timezone())
    first = before.astimezone(zone).date() - timedelta(days=1)
    return [
        first + timedelta(days=n) for n in range((now.astimezone(zone).date() - first).days + 1)
    ]


def _write(found: dict[Key, ShiftSums], days: Sequence[date] | None) -> int:
    """Store what differs and drop what is no more."""
    stored = {(r.shift_date, r.shift_start, r.shift): r for r in _published(days)}
    new, changed = [], []
    for key, shift in found.items():
        values = {**asdict(shift.sums), "silence": shift.silence}
        row = stored.pop(key, None)
        if row is None:
            names = dict(zip(("shift_date", "shift_start", "shift"), key, strict=True))
            new.append(PublishedShift(tenant_id=connection.schema_name, **names, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    PublishedShift.objects.bulk_create(new, batch_size=BATCH)
    PublishedShift.objects.bulk_update(changed, COLUMNS, batch_size=BATCH // 10)
    if stored:
        PublishedShift.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    return len(new) + len(changed) + len(stored)


def _published(days: Sequence[date] | None) -> QuerySet[PublishedShift]:
    rows = PublishedShift.objects.filter(tenant_id=connection.schema_name)
    return rows if days is None else rows.filter(shift_date__in=days)


def _targets(now: datetime) -> dict[str, float]:
    """The plant's own, as they hold today."""
    today = now.astimezone(ZoneInfo(plant_timezone())).date()
    rows = targets_on(today).rows
    return {metric: aim.value for (metric, machine), aim in rows.items() if machine is None}
