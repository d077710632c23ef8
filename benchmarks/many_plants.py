"""G10: how long a start asks whether any of 1,000 plants lacks a migration, from 100 real ones."""

from __future__ import annotations

import time

from benchmarks.figure import Figure
from benchmarks.ratio import REPEATS
from benchmarks.stack import Stack

PLANTS, QUICK_PLANTS, WANTED = 100, 10, 1000
LIMIT_S = 60.0
# Suspended, so that what is measured is the check and not their work.
MAKE = """
from production.services.plants import found_plant
from tenants.services.plants import suspend
for number in range({plants}):
    suspend(found_plant(tenant_id=f"many_{{number}}", tenant_name="Many", timezone="UTC"))
"""


def measure(stack: Stack, *, quick: bool) -> Figure:
    """The whole command, before and after the plants are made, its quickest of five."""
    stack.ensure_ready()
    plants, few = QUICK_PLANTS if quick else PLANTS, len(stack.demo["tenants"])
    before = _check_s(stack)
    began = time.monotonic()
    stack.run("manage.py", "shell", "-v", "0", "-c", MAKE.format(plants=plants), login="owner")
    made_s = time.monotonic() - began
    after = _check_s(stack)
    each_s = max(after - before, 0.0) / plants
    extrapolated = after + each_s * (WANTED - few - plants)
    return Figure(
        title=f"`migrate_schemas` with nothing to do, {plants} plants carried on to {WANTED}",
        value=extrapolated,
        unit="s",
        limit=LIMIT_S,
        passed=extrapolated <= LIMIT_S,
        counts={
            "plants": plants,
            "made_s": round(made_s, 1),
            "check_before_s": round(before, 3),
            "check_after_s": round(after, 3),
            "each_plant_ms": round(each_s * 1000, 3),
        },
    )


def _check_s(stack: Stack) -> float:
    took = []
    for _ in range(REPEATS):
        began = time.monotonic()
        stack.run("manage.py", "migrate_schemas", login="owner")
        took.append(time.monotonic() - began)
    return min(took)
