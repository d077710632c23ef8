"""G7: a year of fifty machines asked for over HTTP, beside the bare roll-up SQL.

Cold means that the plant's data version grows before each request, so that no stored roll-up fits;
warm means that it does not. Nothing else is cached: not the answer, not the page. The verdict is on
the cold figures. Each question has the roll-up by its own keys as its peer; lists and pages, which
roll up less, have the one by machine.
"""

from __future__ import annotations

import functools
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import redis

from benchmarks.figure import CannotMeasure, Figure, table
from benchmarks.query_log import queries_of
from benchmarks.ratio import REPEATS, Timed, alternately
from benchmarks.stack import Stack

DAYS, MACHINES, SAMPLES, TIMES = 365, 50, 10_000_000, 20
QUICK_DAYS, QUICK_SAMPLES, QUICK_TIMES = 60, 200_000, 5
RATIO, EXTRA_MS, MOST_QUERIES = 2.0, 20.0, 12
WITHIN_S = 60
SUMS = (
    "pot_s",
    "pbt_s",
    "apt_s",
    "aust_s",
    "adet_s",
    "adot_s",
    "no_data_s",
    "unassigned_s",
    "units_produced",
    "good_units",
    "defective_units",
    "ideal_produced_s",
    "ideal_good_s",
    "failures",
    "repair_s",
)
ROLL_UP = """SELECT {keys}, {sums}, count(*) FROM plant_bench.production_productionrecord
             WHERE effective AND production_date > current_date - {days} GROUP BY {keys}"""


@dataclass(frozen=True, slots=True)
class Door:
    """Something that is asked for, and the keys by which its peer groups the records."""

    path: str
    keys: str = "machine_id"


@dataclass(frozen=True, slots=True)
class Measured:
    door: Door
    cold: Timed
    warm: Timed
    sql: Timed
    cpu_ms: float
    """CPU of the web process for a cold request: what a busy machine does not change."""
    queries: int

    @property
    def limit_ms(self) -> float:
        return RATIO * self.sql.median_ms + EXTRA_MS

    @property
    def passes(self) -> bool:
        return self.cold.median_ms <= self.limit_ms and self.queries <= MOST_QUERIES


def measure(stack: Stack, *, quick: bool) -> Figure:
    """Every endpoint against its peer, in turn."""
    stack.ensure_ready()
    days, samples = (QUICK_DAYS, QUICK_SAMPLES) if quick else (DAYS, SAMPLES)
    options = {"machines": MACHINES, "days": days, "samples": samples}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    plant = json.loads(stack.run("-m", "benchmarks.large_plant", *words, login="owner"))
    with _caller(stack, plant) as caller:
        measured = [
            _measure(caller, door, days=days, times=QUICK_TIMES if quick else TIMES)
            for door in _doors(plant["machine_id"], days)
        ]
    worst = max(measured, key=lambda one: one.cold.median_ms / one.limit_ms)
    most = max(one.queries for one in measured)
    return Figure(
        title=f"p95 of {worst.door.path}, cold, the worst of {len(measured)} by its limit; "
        f"at most {most} of {MOST_QUERIES} queries",
        value=worst.cold.median_ms,
        unit="ms",
        peer=worst.sql.median_ms,
        limit=worst.limit_ms,
        passed=all(one.passes for one in measured),
        counts={"rows": plant["rows"], "doors": {m.door.path: _counts(m) for m in measured}},
        details=_table(measured),
    )


def _doors(machine_id: str, days: int) -> list[Door]:
    return [
        Door(f"/api/kpis?days={days}"),
        Door(f"/api/kpis?days={days}&group_by=machine"),
        Door(f"/api/kpis?days={days}&group_by=line"),
        Door(f"/api/kpis?days={days}&group_by=shift", "machine_id, shift"),
        Door(f"/api/kpis?days={days}&group_by=day", "machine_id, production_date"),
        Door(f"/api/kpis?days={days}&machine_id={machine_id}"),
        Door(f"/api/production?days={days}&limit=100"),
        Door(f"/api/machines?days={days}"),
        Door("/"),
        Door(f"/machines/{machine_id}/"),
    ]


class Caller:
    """Asks the demo's daphne over HTTP with a token, and the database over one open session."""

    def __init__(self, stack: Stack, plant: dict[str, Any]) -> None:
        self.stack, self._plant = stack, plant
        self._headers = {
            "Host": f"{plant['host']}:{stack.port}",
            "Authorization": f"Token {plant['token']}",
        }
        self._valkey = redis.Redis.from_url(stack.demo["valkey_url"])
        self.session = psycopg2.connect(stack.superuser_url())
        self.session.autocommit = True

    def get(self, path: str) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=WITHIN_S)
        line.request("GET", path, headers=self._headers)
        answer = line.getresponse()
        body = answer.read()
        line.close()
        if answer.status != http.client.OK:
            raise CannotMeasure(f"GET {path} answered {answer.status}.")
        return body

    def forget(self) -> None:
        """As a new record does: no roll-up that is kept is asked for again."""
        self._valkey.incr(self._plant["version_key"])

    def roll_up(self, statement: str) -> None:
        with self.session.cursor() as cursor:
            cursor.execute(statement)
            cursor.fetchall()

    def close(self) -> None:
        self.session.close()
        self._valkey.close()


@contextmanager
def _caller(stack: Stack, plant: dict[str, Any]) -> Iterator[Caller]:
    caller = Caller(stack, plant)
    try:
        yield caller
    finally:
        caller.close()


def _measure(caller: Caller, door: Door, *, days: int, times: int) -> Measured:
    sums = ", ".join(f"sum({name})" for name in SUMS)
    statement = ROLL_UP.format(keys=door.keys, sums=sums, days=days)
    ask = functools.partial(caller.get, door.path)
    sql = functools.partial(caller.roll_up, statement)
    caller.forget()
    queries = queries_of(ask, session=caller.session, log=caller.stack.home / "log" / "db.log")
    before_s = caller.stack.cpu_s("web")
    cold, beside = alternately(_after(caller.forget, ask), sql, times=times)
    cpu_ms = (caller.stack.cpu_s("web") - before_s) * 1000 / (times * REPEATS)
    (warm,) = alternately(ask, times=times)
    return Measured(door, cold, warm, beside, cpu_ms, queries)


def _after(before: Callable[[], None], work: Callable[[], object]) -> Callable[[], None]:
    def both() -> None:
        before()
        work()

    return both


def _counts(one: Measured) -> dict[str, Any]:
    return {
        "cold_p95_ms": round(one.cold.median_ms, 1),
        "cold_least_ms": round(one.cold.least_ms, 1),
        "warm_p95_ms": round(one.warm.median_ms, 1),
        "sql_p95_ms": round(one.sql.median_ms, 1),
        "limit_ms": round(one.limit_ms, 1),
        "cold_cpu_ms": round(one.cpu_ms, 1),
        "queries": one.queries,
        "pass": one.passes,
    }


def _table(measured: list[Measured]) -> tuple[str, ...]:
    head = (
        "p95 of requests, median of 5",
        "cold",
        "least",
        "warm",
        "SQL",
        "limit",
        "web CPU",
        "queries",
        "",
    )
    rows = [
        (
            one.door.path,
            f"{one.cold.median_ms:.1f}",
            f"{one.cold.least_ms:.1f}",
            f"{one.warm.median_ms:.1f}",
            f"{one.sql.median_ms:.1f}",
            f"{one.limit_ms:.1f}",
            f"{one.cpu_ms:.1f}",
            str(one.queries),
            "ok" if one.passes else "too much",
        )
        for one in measured
    ]
    return table([head, *rows])
