"""How many statements a request sends, read from the database's own log: nothing is left out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.figure import CannotMeasure

LINE = re.compile(r" db: (\S+) LOG:  statement: (.*)")
# The caller's token was looked up and the plant's role taken: nobody but web does both.
MARKS = ("tenants_apitoken", "'t_plant_bench'")
NEW_USE = "DISCARD ALL"
WITHIN_S = 5.0


def queries_of(ask: Callable[[], object], *, session: Any, log: Path) -> int:
    """Statements of the one request that `ask` makes of the plant.

    Web may use a session again; DISCARD ALL, which makes it like new, counts as little as
    connecting does. `session` is a superuser's.
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
    """For all sessions, those that are open included."""
    if on:
        cursor.execute("ALTER SYSTEM SET log_line_prefix = '%c '")
        cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
    else:
        cursor.execute("ALTER SYSTEM RESET log_statement")
    cursor.execute("SELECT pg_reload_conf()")
    time.sleep(0.3)


def _count(log: Path, begin: int) -> int:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        time.sleep(0.3)
        with log.open("rb") as file:
            file.seek(begin)
            text = file.read().decode(errors="replace")
        ours = [said for said in _uses(text) if all(mark in "".join(said) for mark in MARKS)]
        if len(ours) == 1:
            return len(ours[0])
    raise CannotMeasure("The request's statements are not in the database's log.")


def _uses(text: str) -> list[list[str]]:
    """The statements of each use of each session."""
    uses: list[list[str]] = []
    current: dict[str, list[str]] = {}
    for match in LINE.finditer(text):
        session, statement = match.groups()
        if session not in current or statement == NEW_USE:
            current[session] = []
            uses.append(current[session])
        if statement != NEW_USE:
            current[session].append(statement)
    return uses
