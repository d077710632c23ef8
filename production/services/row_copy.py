"""New rows by COPY: an INSERT of a model's rows costs several times the database's own work."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db import connection, models
from psycopg2 import sql

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
TEXTS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    float: repr,
    date: date.isoformat,
    datetime: datetime.isoformat,
}


def copy_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Add rows of a model with plain columns; the database numbers them, the objects stay without
    their key. A row that is there already raises IntegrityError.
    """
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    for field in fields:
        if getattr(field, "auto_now", False):
            for row in rows:
                field.pre_save(row, add=True)
    values_of = attrgetter(*(field.attname for field in fields))
    lines = ["\t".join(map(_text, values_of(row))) for row in rows]
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
    )
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(command, io.StringIO("\n".join(lines) + "\n"))


def _text(value: Any) -> str:
    """A value in COPY's text format."""
    form = TEXTS.get(type(value))
    return form(value) if form else str(value).translate(ESCAPES)
