"""The tables of the plant that is entered, as the database lists them, all of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.db import connection, transaction
from psycopg2 import sql

# Which migrations were applied is the installation's, not the plant's.
NOT_THE_PLANTS = ("django_migrations",)
LIST = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname <> ALL(%s)
GROUP BY c.relname ORDER BY c.relname"""


@dataclass(frozen=True, slots=True)
class PlantTable:
    """A table with its partitions, if it has any."""

    name: str
    columns: tuple[str, ...]


def plant_tables() -> list[PlantTable]:
    with connection.cursor() as cursor:
        cursor.execute(LIST, [list(NOT_THE_PLANTS)])
        return [PlantTable(name, tuple(columns)) for name, columns in cursor.fetchall()]


def fingerprint(table: PlantTable) -> tuple[int, str]:
    """How many rows there are, and a hash of all of them in whatever order they lie.

    Two tables with the same pair hold the same rows: the hash is the sum of 64-bit hashes of rows.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, sorted(table.columns)))
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(ROW({names})::text, 7)::numeric), 0)"
        " FROM {table}"
    )
    with connection.cursor() as cursor:
        cursor.execute(query.format(names=names, table=sql.Identifier(table.name)))
        count, total = cursor.fetchone()
    return count, f"{int(total) % 2**64:016x}"


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything that is read inside is of the same moment, and nothing can be written.

    Call it inside the plant and outside of a transaction.
    """
    with connection.cursor() as cursor:
        # The plant is entered by a statement, and a transaction's level is chosen before its first.
        cursor.execute("SELECT 1")
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def copy_out(query: sql.Composable, file: IO[bytes], *, options: str = "") -> None:
    """What the query finds, as COPY writes it."""
    _copy(sql.SQL("COPY {query} TO STDOUT " + options).format(query=query), file)


def copy_in(table: PlantTable, file: IO[bytes]) -> None:
    """Rows as `copy_out` wrote them."""
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL("COPY {table} ({names}) FROM STDIN")
    _copy(statement.format(table=sql.Identifier(table.name), names=names), file)


def _copy(statement: sql.Composable, file: Any) -> None:
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(statement, file)
