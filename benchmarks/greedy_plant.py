"""G16: what another plant notices of one that takes ten times its share.

A share is what one person asks who goes from page to page and reads none of them for longer than
two seconds; an open page by itself asks twice a minute. In the floor one plant has one person and
the other none. Then, in turn with it, ten persons at that pace ask the other plant, which also
orders ten reports, ten analyses and the import of ten files at once, and the training of each of
its models. Some of that is refused: no plant has more than five reports in the making. The first
plant's person asks ten times as often as a share in both, so that there are answers enough for a
percentile.

The demo of the benchmarks counts requests but holds nobody up; the greedy plant is below the limits
of an installation as well, so that they do not help here. The ten persons are a process of their
own, whose CPU is told: it takes from the same processors.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from multiprocessing import get_context
from statistics import median
from typing import Any

from benchmarks.crowd import Asked, Crowd
from benchmarks.figure import CannotMeasure, Figure, table
from benchmarks.greedy_orders import order, wait_until_done
from benchmarks.quiet import wait_until_quiet
from benchmarks.ratio import REPEATS, p95
from benchmarks.stack import Stack
from benchmarks.visitor import Visitor, after

GREEDY, OTHER = "plant_chicago", "plant_lyon"
TIMES, PACE_S, OTHER_PACE_S = 10, 2.0, 0.2
PATHS = (
    "/",
    "/api/machines/live",
    "/api/kpis?days=7&group_by=machine",
    "/risk/",
    "/api/production?days=2",
    "/machines/M001/",
    "/api/stops?days=2",
    "/forecast/",
)
RATIO = 1.2
LASTS_S, QUICK_LASTS_S, QUICK_REPEATS = 45.0, 20.0, 2


@dataclass(frozen=True, slots=True)
class Turn:
    """One repeat: milliseconds of the other plant's answers without and with the greedy plant."""

    quiet: list[float]
    greedy: list[float]
    asked: Asked
    ended: Counter[str]
    cpu_s: dict[str, float]

    @property
    def ratio(self) -> float:
        return p95(self.greedy) / p95(self.quiet)


def measure(stack: Stack, *, quick: bool) -> Figure:
    """The floor and the greedy plant in turn; the verdict is on the median of their ratios."""
    stack.ensure_ready()
    lasts_s = QUICK_LASTS_S if quick else LASTS_S
    with (
        Visitor(stack.port, OTHER, _key(stack, OTHER)) as other,
        Visitor(stack.port, GREEDY, _key(stack, GREEDY)) as greedy,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as crowds,
    ):
        one = Measurement(stack, other, greedy, crowds, lasts_s)
        turns = [one.turn() for _ in range(QUICK_REPEATS if quick else REPEATS)]
    return figure_of(turns, lasts_s)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The persons, and how long each half of a turn lasts."""

    stack: Stack
    other: Visitor
    greedy: Visitor
    crowds: ProcessPoolExecutor
    lasts_s: float

    def turn(self) -> Turn:
        """Everything that was ordered is done before the next floor."""
        wait_until_quiet(self.stack)
        quiet = _ask_until(self.other, after(self.lasts_s))
        before = _cpu_s(self.stack)
        crowd = self.crowds.submit(self._crowd().ask)
        ordered = order(self.stack, self.greedy, GREEDY, times=TIMES)
        greedy = _ask_until(self.other, crowd.done)
        cpu_s = {name: used - before[name] for name, used in _cpu_s(self.stack).items()}
        ended = wait_until_done(self.stack, self.greedy, GREEDY, ordered.jobs)
        return Turn(quiet, greedy, crowd.result(), ended + _named(ordered.refused), cpu_s)

    def _crowd(self) -> Crowd:
        return Crowd(
            port=self.stack.port,
            plant=GREEDY,
            token=_key(self.stack, GREEDY),
            paths=PATHS,
            persons=TIMES,
            pace_s=PACE_S,
            lasts_s=self.lasts_s,
        )


def figure_of(turns: list[Turn], lasts_s: float) -> Figure:
    """The verdict, and what was asked and done for it."""
    ratios = [turn.ratio for turn in turns]
    quiet = median(p95(turn.quiet) for turn in turns)
    answers = sum((turn.asked.answers for turn in turns), Counter[int]())
    ended = sum((turn.ended for turn in turns), Counter[str]())
    return Figure(
        title=f"p95 of a plant while another takes {TIMES} × its share: median of ratios "
        f"{median(ratios):.2f}, least {min(ratios):.2f}, at most {RATIO}",
        value=median(p95(turn.greedy) for turn in turns),
        unit="ms",
        peer=quiet,
        limit=RATIO * quiet,
        passed=median(ratios) <= RATIO,
        counts=_counts(turns, answers, ended) | {"lasts_s": lasts_s},
        details=_details(turns, answers, ended, lasts_s),
    )


def _counts(turns: list[Turn], answers: Counter[int], ended: Counter[str]) -> dict[str, Any]:
    return {
        "ratios": [round(turn.ratio, 3) for turn in turns],
        "quiet_p95_ms": [round(p95(turn.quiet), 1) for turn in turns],
        "greedy_p95_ms": [round(p95(turn.greedy), 1) for turn in turns],
        "other_answers": sum(len(turn.quiet) + len(turn.greedy) for turn in turns),
        "greedy_answers": {str(status): number for status, number in answers.items()},
        "jobs": dict(ended),
        "crowd_cpu_s": round(sum(turn.asked.cpu_s for turn in turns), 2),
    }


def _details(
    turns: list[Turn], answers: Counter[int], ended: Counter[str], lasts_s: float
) -> tuple[str, ...]:
    rows = [("other plant's answers, ms", "median", "p95", "greedy: median", "p95", "ratio")]
    rows += [
        (
            f"turn {number}, {len(turn.quiet)} and {len(turn.greedy)} answers",
            f"{median(turn.quiet):.1f}",
            f"{p95(turn.quiet):.1f}",
            f"{median(turn.greedy):.1f}",
            f"{p95(turn.greedy):.1f}",
            f"{turn.ratio:.2f}",
        )
        for number, turn in enumerate(turns, 1)
    ]
    seconds = lasts_s * len(turns)
    used = {name: sum(turn.cpu_s[name] for turn in turns) / seconds for name in turns[0].cpu_s}
    crowd = sum(turn.asked.cpu_s for turn in turns) / seconds
    busy = ", ".join(f"{name} {share:.0%}" for name, share in used.items() if share >= 0.01)
    return (
        *table(rows),
        f"of a processor meanwhile: {busy}; the {TIMES} persons themselves {crowd:.1%}",
        f"their answers {dict(answers)}, latest question {max(t.asked.late_s for t in turns):.1f} s"
        f" late; jobs ordered {dict(ended)}",
    )


def _ask_until(person: Visitor, is_over: Callable[[], bool]) -> list[float]:
    took, step = [], 0
    while not is_over():
        began = time.monotonic()
        status, ms = person.timed(PATHS[step % len(PATHS)])
        if status != HTTPStatus.OK:
            raise CannotMeasure(f"{PATHS[step % len(PATHS)]} of {OTHER} answered {status}.")
        took.append(ms)
        step += 1
        time.sleep(max(0.0, began + OTHER_PACE_S - time.monotonic()))
    return took


def _named(refused: Counter[int]) -> Counter[str]:
    return Counter({f"refused with {status}": number for status, number in refused.items()})


def _cpu_s(stack: Stack) -> dict[str, float]:
    return {name: stack.cpu_s(name) for name in stack.processes()}


def _key(stack: Stack, plant: str) -> str:
    """Of a manager, who may order all of it."""
    keys = stack.demo["tokens"]
    return str(next(k["token"] for k in keys if (k["tenant_id"], k["role"]) == (plant, "manager")))
