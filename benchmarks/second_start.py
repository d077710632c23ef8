"""G14: from `make demo` on an installation that exists to the first live value, and losses."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import psycopg2
from psycopg2 import sql

from benchmarks.figure import Figure, table
from benchmarks.ratio import REPEATS
from benchmarks.stack import Stack
from benchmarks.window import Socket, Window, observer

LIMIT_S = 20.0
STOP_LIMIT_S = 10.0
QUICK_REPEATS = 2
COUNTS = "SELECT outcome, sum(count) FROM {}.production_ingestcount GROUP BY outcome"
ROWS = "SELECT count(*) FROM {}.production_sample"
LAST = "SELECT max(source_timestamp) FROM {}.production_sample WHERE source_timestamp <= %s"


@dataclass(frozen=True, slots=True)
class Round:
    stop_s: float
    live_s: float
    cpu_s: float
    """CPU seconds of the demo's processes until then."""
    unwritten_s: float
    """How long before the signal to stop the last stored value was measured."""


def measure(stack: Stack, *, quick: bool) -> Figure:
    """Stop and start again some times, with somebody at the page."""
    stack.ensure_ready()
    with observer() as person:
        person.sign_in(stack)
        before = _ledger(stack)
        rounds = [_round(stack, person) for _ in range(QUICK_REPEATS if quick else REPEATS)]
        stack.wait_until_ready()
        after = _ledger(stack)
        live_s = median(one.live_s for one in rounds)
        slowest_stop_s = max(one.stop_s for one in rounds)
        lost = _lost(before, after) + _given_up(stack)
        return Figure(
            title=f"second `make demo` to the first live value ({person.kind}), "
            f"stopped in {slowest_stop_s:.1f} s of {STOP_LIMIT_S:.0f}, {lost} values lost",
            value=live_s,
            unit="s",
            limit=LIMIT_S,
            passed=live_s <= LIMIT_S and slowest_stop_s <= STOP_LIMIT_S and lost == 0,
            counts={
                "least_s": round(min(one.live_s for one in rounds), 2),
                "cpu_s": round(median(one.cpu_s for one in rounds), 2),
                "slowest_stop_s": round(slowest_stop_s, 2),
                "lost": lost,
                "received": after["received"] - before["received"],
                "stored": after["stored"] - before["stored"],
                "observer": person.kind,
            },
            details=_table(rounds),
        )


def _round(stack: Stack, person: Window | Socket) -> Round:
    time.sleep(3)
    person.close_page()
    stopped_at = datetime.now(UTC)
    stop_s = stack.stop()
    began, since = time.monotonic(), datetime.now(UTC)
    stack.begin()
    person.see_live(stack, since=since)
    live_s, cpu_s = time.monotonic() - began, stack.cpu_s()
    stack.wait_until_ready()
    return Round(stop_s, live_s, cpu_s, _unwritten_s(stack, stopped_at))


def _ledger(stack: Stack) -> Counter[str]:
    """What the ingest says that it received and stored, and the rows there are, in one look."""
    found: Counter[str] = Counter()
    session = psycopg2.connect(stack.superuser_url())
    session.set_session(isolation_level="REPEATABLE READ", readonly=True)
    with session, session.cursor() as cursor:
        for tenant in stack.demo["tenants"]:
            schema = sql.Identifier(tenant["tenant_id"])
            cursor.execute(sql.SQL(COUNTS).format(schema))
            found.update({outcome: int(count) for outcome, count in cursor.fetchall()})
            cursor.execute(sql.SQL(ROWS).format(schema))
            found["rows"] += cursor.fetchone()[0]
    session.close()
    return found


def _lost(before: Counter[str], after: Counter[str]) -> int:
    """Values that were received and are neither stored, nor known already, nor refused for a named
    reason; and those that were said to be stored and have no row.
    """
    grown = {name: after[name] - before[name] for name in after}
    kept = sum(grown.get(name, 0) for name in ("stored", "duplicate", "rejected"))
    return (grown["received"] - kept) + abs(grown["stored"] - grown["rows"])


def _given_up(stack: Stack) -> int:
    """Values that an ending ingest worker said it could not store any more."""
    log = (stack.home / "log" / "ingest.log").read_text(errors="replace")
    said = [line for line in log.splitlines() if "values that could not be stored" in line]
    return sum(int(line.split(" stops with ")[1].split()[0]) for line in said)


def _unwritten_s(stack: Stack, stopped_at: datetime) -> float:
    """The worst plant's time between its last stored value and the signal to stop."""
    session = psycopg2.connect(stack.superuser_url())
    gaps = []
    with session, session.cursor() as cursor:
        for tenant in stack.demo["tenants"]:
            query = sql.SQL(LAST).format(sql.Identifier(tenant["tenant_id"]))
            cursor.execute(query, [stopped_at + timedelta(milliseconds=1)])
            gaps.append((stopped_at - cursor.fetchone()[0]).total_seconds())
    session.close()
    return max(gaps)


def _table(rounds: list[Round]) -> tuple[str, ...]:
    head = ("round", "stop, s", "first live value, s", "CPU until then, s", "stored up to stop − s")
    rows = [
        (str(n), f"{r.stop_s:.1f}", f"{r.live_s:.1f}", f"{r.cpu_s:.1f}", f"{r.unwritten_s:.2f}")
        for n, r in enumerate(rounds, 1)
    ]
    return table([head, *rows])
