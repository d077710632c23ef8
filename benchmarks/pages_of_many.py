"""The second half of G10: what the pages of one plant cost while many others are in service.

The same plants are taken out of service and put back in turn, so that a busy machine slows both;
before they are made at all it is measured once more. A plant in service without machines costs what
every plant costs: its rows in the shared tables, its schema, and the knocks of Beat. The questions
are spread over more than a round of Beat (20 s), whose work is what a page meets.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle
from statistics import median
from typing import Any

import psycopg2

from benchmarks.figure import CannotMeasure, table
from benchmarks.ratio import REPEATS, p95
from benchmarks.stack import Stack
from benchmarks.visitor import Visitor

PLANT = "plant_lyon"
RATIO = 1.3
PATHS = ("/", "/api/kpis?days=7", "/api/machines/live", "/machines/M001/")
PROBES = ("/api/health", "/readyz", "/metrics")
OF_ALL = (*PROBES, "/api/tenants/list", "/api/corporate/summary")
APART_S, OF_ALL_TIMES = 0.1, 5
LASTS_S, QUICK_LASTS_S, QUICK_REPEATS = 25.0, 21.0, 2
# A round of Beat.
SETTLE_S = 20.0
SERVE = """
UPDATE public.tenants_tenant SET status = CASE WHEN schema_name = ANY(%s) THEN 'active'
  ELSE 'suspended' END
WHERE status IN ('active', 'suspended') RETURNING status"""


@dataclass(frozen=True, slots=True)
class Look:
    """Milliseconds of the plant's answers and, least of some, of what tells of all plants; CPU
    seconds a second of all processes but the one that answers.
    """

    plants: int
    pages_ms: list[float]
    of_all_ms: dict[str, float]
    background: float

    @property
    def p95_ms(self) -> float:
        return p95(self.pages_ms)


@dataclass(frozen=True, slots=True)
class Pages:
    """Looks with few plants before there were many, and then with few and many in service."""

    before: list[Look]
    few: list[Look]
    many: list[Look]

    @property
    def ratios(self) -> list[float]:
        """Of each repeat; in turn."""
        pairs = zip(self.few, self.many, strict=True)
        return [many.p95_ms / few.p95_ms for few, many in pairs]

    @property
    def passed(self) -> bool:
        """Neither those out of service nor those before there were any were that much quicker."""
        many = median(look.p95_ms for look in self.many)
        before = median(look.p95_ms for look in self.before)
        return median(self.ratios) <= RATIO and many <= RATIO * before

    @property
    def each_background(self) -> float:
        """Processors that one more plant in service keeps busy; a difference, may be negative."""
        many, few = self.many[0].plants, self.few[0].plants
        more = median(look.background for look in self.many)
        return (more - median(look.background for look in self.few)) / (many - few)

    def counts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "page_ratios": [round(ratio, 3) for ratio in self.ratios],
            "page_p95_before_ms": [round(look.p95_ms, 1) for look in self.before],
            "page_p95_few_ms": [round(look.p95_ms, 1) for look in self.few],
            "page_p95_many_ms": [round(look.p95_ms, 1) for look in self.many],
            "background_each": round(self.each_background, 6),
        }


class Observer:
    """Looks at a demo with as many of the plants in service as is wanted."""

    def __init__(self, stack: Stack, *, quick: bool) -> None:
        self._stack = stack
        self.repeats = QUICK_REPEATS if quick else REPEATS
        self._lasts_s = QUICK_LASTS_S if quick else LASTS_S
        keys = {one["tenant_id"]: one["token"] for one in stack.demo["tokens"]}
        self._plant = Visitor(stack.port, PLANT, keys[PLANT])
        self._platform = Visitor(stack.port, None, keys[None])
        # A key that is none of the metrics' own is refused there.
        self._stranger = Visitor(stack.port, None, None)

    def look(self, plants: list[str]) -> Look:
        """These plants in service and no others, after a pause for what they do at first."""
        serve(self._stack, plants)
        time.sleep(SETTLE_S)
        began, before_s = time.monotonic(), self._others_cpu_s()
        pages = self._pages()
        background = (self._others_cpu_s() - before_s) / (time.monotonic() - began)
        of_all = {path: self._of_all_ms(path) for path in OF_ALL}
        return Look(len(plants), pages, of_all, background)

    def _pages(self) -> list[float]:
        until, took = time.monotonic() + self._lasts_s, []
        for path in cycle(PATHS):
            if time.monotonic() > until:
                break
            status, ms = self._plant.timed(path)
            if status != HTTPStatus.OK:
                raise CannotMeasure(f"{path} of {PLANT} answered {status}.")
            took.append(ms)
            time.sleep(APART_S)
        return took

    def _of_all_ms(self, path: str) -> float:
        asker = self._stranger if path in PROBES else self._platform
        answers = [asker.timed(path) for _ in range(OF_ALL_TIMES)]
        # A demo that is busy may say that it is not ready, after the same work.
        if bad := {status for status, _ in answers} - {
            HTTPStatus.OK,
            HTTPStatus.SERVICE_UNAVAILABLE,
        }:
            raise CannotMeasure(f"{path} answered {bad}.")
        return min(ms for _, ms in answers)

    def _others_cpu_s(self) -> float:
        return self._stack.cpu_s(*(name for name in self._stack.processes() if name != "web"))


def serve(stack: Stack, plants: list[str]) -> None:
    """Put these plants into service and take all others out of it."""
    session = psycopg2.connect(stack.superuser_url())
    with session, session.cursor() as cursor:
        cursor.execute(SERVE, [plants])
        served = sum(status == "active" for (status,) in cursor.fetchall())
    session.close()
    if served != len(plants):
        raise CannotMeasure(f"{served} of {len(plants)} plants are in service.")


def details(pages: Pages) -> tuple[str, ...]:
    """The answers with few and with many plants, in milliseconds."""
    few, many = pages.few[0].plants, pages.many[0].plants
    rows = [("answers, ms", f"{few} plants", f"{many} plants")]
    rows += [
        (f"{PLANT}, {title}", *(f"{of(looks):.1f}" for looks in (pages.few, pages.many)))
        for title, of in (("median", _median_ms), ("p95", _p95_ms))
    ]
    rows += [
        (
            path,
            *(
                f"{min(look.of_all_ms[path] for look in looks):.1f}"
                for looks in (pages.few, pages.many)
            ),
        )
        for path in OF_ALL
    ]
    return (
        *table(rows),
        f"p95 before there were more than {few}: {_p95_ms(pages.before):.1f} ms; ratios in turn "
        + ", ".join(f"{ratio:.2f}" for ratio in pages.ratios),
        f"a plant in service keeps {pages.each_background * 1000:.2f} thousandths of a processor "
        f"busy; carried on, not measured: 1,000 keep {pages.each_background * 1000:.1f} processors",
    )


def _median_ms(looks: list[Look]) -> float:
    return median(median(look.pages_ms) for look in looks)


def _p95_ms(looks: list[Look]) -> float:
    return median(look.p95_ms for look in looks)
