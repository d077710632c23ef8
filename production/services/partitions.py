"""Monthly partitions of the sample table, made ahead of time by the owner's login."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import connection, transaction
from psycopg2 import sql

MONTHS_AHEAD = 3


def ensure_partitions(*, first: date, last: date) -> int:
    """Make the months from `first` to `last` in the current plant's schema; returns how many were
    new.

    Samples that had landed in the default partition move into their month.
    """
    existing = _existing()
    months = [month for month in _months(first, last) if _name(month) not in existing]
    for month in months:
        _make(month)
    return len(months)


def ensure_near_partitions(*, today: date | None = None) -> int:
    """This month and the next three."""
    today = today or datetime.now(UTC).date()
    return ensure_partitions(first=today, last=_shift(today, MONTHS_AHEAD))


def _existing() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'production_sample'::regclass"
        )
        return {name.split(".")[-1].strip('"') for (name,) in cursor.fetchall()}


def _make(month: date) -> None:
    """The new table takes its rows from the default partition before it is attached."""
    names = {
        "name": sql.Identifier(_name(month)),
        "from": sql.Literal(_bound(month)),
        "to": sql.Literal(_bound(_shift(month, 1))),
    }
    statements = (
        "CREATE TABLE {name} (LIKE production_sample INCLUDING ALL)",
        """WITH moved AS (DELETE FROM production_sample_default
             WHERE source_timestamp >= {from} AND source_timestamp < {to} RETURNING *)
           INSERT INTO {name} SELECT * FROM moved""",
        "ALTER TABLE production_sample ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to})",
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE production_sample IN SHARE ROW EXCLUSIVE MODE")
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(**names))


def _name(month: date) -> str:
    return f"production_sample_{month:%Y%m}"


def _bound(month: date) -> str:
    return f"{month:%Y-%m-01} 00:00:00+00"


def _shift(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _months(first: date, last: date) -> list[date]:
    month, found = first.replace(day=1), []
    while month <= last:
        found.append(month)
        month = _shift(month, 1)
    return found
