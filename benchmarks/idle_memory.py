"""G13: what the whole idle demo takes of the machine's memory."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.figure import CannotMeasure, Figure, table
from benchmarks.ratio import REPEATS
from benchmarks.stack import Stack

LIMIT_MB = 900.0
SETTLE_S, QUICK_SETTLE_S = 60.0, 15.0
BETWEEN_S = 3.0
TRAINERS = ("ml", "ml-tf")
# The first models are trained as soon as there is a past; each trainer has a child meanwhile.
TRAINED_WITHIN_S, LOOK_EVERY_S = 1800.0, 2.0


def measure(stack: Stack, *, quick: bool) -> Figure:
    """PSS of the supervisor and of every process below it, when the first models are trained and
    nothing has been trained for some time.
    """
    stack.ensure_ready()
    wait_until_idle(stack, QUICK_SETTLE_S if quick else SETTLE_S)
    looks = []
    for _ in range(REPEATS):
        looks.append(stack.pss_mb())
        time.sleep(BETWEEN_S)
    totals = [sum(look.values()) for look in looks]
    services = {name: round(median(look[name] for look in looks), 1) for name in looks[0]}
    processes = sum(map(len, stack.processes().values()))
    return Figure(
        title=f"PSS of the idle demo, {processes} processes",
        value=median(totals),
        unit="MB",
        limit=LIMIT_MB,
        passed=median(totals) <= LIMIT_MB,
        counts={"least": round(min(totals), 1), "processes": processes, "services": services},
        details=table(
            [("service", "PSS, MB"), *((name, f"{mb:.1f}") for name, mb in services.items())]
        ),
    )


def wait_until_idle(stack: Stack, settle_s: float) -> None:
    """Until the trainers have been without a child for so long."""
    began = busy = time.monotonic()
    while (now := time.monotonic()) - busy < settle_s:
        stack.look()
        processes = stack.processes()
        if any(len(processes.get(name, ())) > 1 for name in TRAINERS):
            busy = now
        if now - began > TRAINED_WITHIN_S:
            raise CannotMeasure("The demo trains all the time; it does not get idle.")
        time.sleep(LOOK_EVERY_S)
