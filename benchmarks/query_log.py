"""How many statements a request sends, read from the database's own log: nothing is left out."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.figure import CannotMeasure

LINE = re.compile(r" db: (\S+) LOG:  statement: (.*)")
PLANT = "'t_plant_bench'"
WITHIN_S = 5.0


def queries_of(ask: Callable[[], object], *, session: Any, log: Path) -> int:
    """Statements of the one request, whose session is the one that takes the plant's role.

    Web opens a session for each request. `session` is a superuser's.
    """
    with session.cursor() as cursor:
        _log_statements(cursor, on=True)
        begin = log.stat().st_size
        try:
            ask()
            return _count(log, begin)
        finally:
            _log_statements(cursor, on=False)


def _log_statements(cursor: Any, *, on: bool) -> None:
    """For sessions that begin from now on."""
    if on:
        cursor.execute("ALTER SYSTEM SET log_line_prefix = '%c '")
        cursor.execute("ALTER DATABASE amis SET log_statement = 'all'")
        cursor.execute("SELECT pg_reload_conf()")
        time.sleep(0.3)
    else:
        cursor.execute("ALTER DATABASE amis RESET log_statement")


def _count(log: Path, begin: int) -> int:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        time.sleep(0.3)
        with log.open("rb") as file:
            file.seek(begin)
            text = file.read().decode(errors="replace")
        sessions = defaultdict(list)
        for match in LINE.finditer(text):
            sessions[match[1]].append(match[2])
        ours = [said for said in sessions.values() if any(PLANT in one for one in said)]
        if len(ours) == 1:
            return len(ours[0])
    raise CannotMeasure("The request's statements are not in the database's log.")
