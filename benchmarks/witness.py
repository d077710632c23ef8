"""Watches every read of Django's ORM in a process: of which plant it is, and what it brought.

Each plant's rows hold a canary that names it. A row that holds another plant's canary is a foreign
read. Counts lie in a file a process, written twice a second, so that a kill loses half a second of
them and never a find.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import MULTI, SINGLE

from benchmarks.canary import FOLDER, NAIVE, canaries
from tenants.backend.base import DatabaseWrapper

WRITE_EVERY_S = 0.5
_counts: Counter[str] = Counter()


def watch(kind: str) -> None:
    """Count from here on, under `kind`; with BENCH_NAIVE set, break the isolation first."""
    folder = Path(os.environ[FOLDER])
    if os.environ.get(NAIVE):
        _share_one_plant()
    untouched = SQLCompiler.execute_sql

    def execute_sql(self: SQLCompiler, result_type: str = MULTI, *rest: Any, **named: Any) -> Any:
        found = untouched(self, result_type, *rest, **named)
        if result_type not in (MULTI, SINGLE) or found is None:
            return found
        own = _own(self.connection)
        if own == "public":
            return found
        _counts["reads"] += 1
        if result_type == SINGLE:
            _look([found], own)
            return found
        return _looked(found, own)

    SQLCompiler.execute_sql = execute_sql
    threading.Thread(target=_write, args=(folder, kind), daemon=True).start()


def _own(connection: DatabaseWrapper) -> str:
    return str(getattr(connection, "asked_for", connection.schema_name))


def _looked(chunks: Iterable[Any], own: str) -> Iterator[Any]:
    for chunk in chunks:
        _look(chunk, own)
        yield chunk


def _look(rows: Iterable[Any], own: str) -> None:
    for row in rows:
        _counts["rows"] += 1
        named = {one for value in row if isinstance(value, str) for one in canaries(value)}
        _counts["own"] += own in named
        _counts["foreign"] += bool(named - {own})


def _write(folder: Path, kind: str) -> None:
    place = folder / f"{kind}-{os.getpid()}.json"
    while True:
        time.sleep(WRITE_EVERY_S)
        place.with_suffix(".part").write_text(json.dumps(_counts))
        place.with_suffix(".part").replace(place)


def _share_one_plant() -> None:
    """The mistake of the control run: which plant is meant stands in one place for all threads."""
    shared = {"schema": "public"}

    def take(self: DatabaseWrapper, value: str) -> None:
        self.asked_for = value
        shared["schema"] = value

    DatabaseWrapper.schema_name = property(lambda _: shared["schema"], take)
    for one in connections.all(initialized_only=True):
        one.asked_for = "public"
