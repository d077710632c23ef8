"""G10: how long a start asks whether any of 1,000 plants lacks a migration, from 100 real ones; and
whether the pages of one plant get slower with the number of plants.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from benchmarks.figure import Figure
from benchmarks.pages_of_many import RATIO, Observer, Pages, details, serve
from benchmarks.quiet import wait_until_quiet
from benchmarks.ratio import REPEATS
from benchmarks.stack import Stack

PLANTS, QUICK_PLANTS, FEW, WANTED = 100, 30, 10, 1000
BEFORE = 2
LIMIT_S = 60.0
# Suspended, so that what is measured is the check and not their work.
MAKE = """
from production.services.plants import found_plant
from tenants.services.plants import suspend
for number in range({first}, {end}):
    suspend(found_plant(tenant_id=f"many_{{number}}", tenant_name="Many", timezone="UTC"))
"""


def measure(stack: Stack, *, quick: bool) -> Figure:
    """The whole command, before and after the plants are made, its quickest of five; the pages in
    turn. Both have to keep their limit.
    """
    stack.ensure_ready()
    own = [one["tenant_id"] for one in stack.demo["tenants"]]
    serve(stack, own)
    wait_until_quiet(stack)
    plants = QUICK_PLANTS if quick else PLANTS
    names = own + [f"many_{number}" for number in range(plants - len(own))]
    observer = Observer(stack, quick=quick)
    _make(stack, first=0, end=FEW - len(own))
    check_before = _check_s(stack)
    before = [observer.look(names[:FEW]) for _ in range(BEFORE)]
    began = time.monotonic()
    _make(stack, first=FEW - len(own), end=len(names) - len(own))
    made_s = time.monotonic() - began
    check_after = _check_s(stack)
    looks = [(observer.look(names[:FEW]), observer.look(names)) for _ in range(observer.repeats)]
    pages = Pages(before, [few for few, _ in looks], [many for _, many in looks])
    each_s = max(check_after - check_before, 0.0) / (plants - FEW)
    return _figure(
        plants,
        check_after + each_s * (WANTED - plants),
        pages,
        {
            "plants": plants,
            "made_s": round(made_s, 1),
            "check_before_s": round(check_before, 3),
            "check_after_s": round(check_after, 3),
            "each_plant_ms": round(each_s * 1000, 3),
        },
    )


def _figure(plants: int, check_s: float, pages: Pages, counts: dict[str, Any]) -> Figure:
    ratio = median(pages.ratios)
    return Figure(
        title=f"`migrate_schemas` with nothing to do, {plants} plants carried on to {WANTED}; "
        f"p95 of pages with {plants} plants {ratio:.2f} × that with {FEW}, at most {RATIO}",
        value=check_s,
        unit="s",
        limit=LIMIT_S,
        passed=check_s <= LIMIT_S and pages.passed,
        counts=counts | pages.counts(),
        details=details(pages),
    )


def _make(stack: Stack, *, first: int, end: int) -> None:
    script = MAKE.format(first=first, end=end)
    stack.run("manage.py", "shell", "-v", "0", "-c", script, login="owner")


def _check_s(stack: Stack) -> float:
    took = []
    for _ in range(REPEATS):
        began = time.monotonic()
        stack.run("manage.py", "migrate_schemas", login="owner")
        took.append(time.monotonic() - began)
    return min(took)
