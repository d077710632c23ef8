"""`make bench`: runs the benchmarks one after the other and prints a line for each figure."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import (
    greedy_plant,
    idle_memory,
    kpi_endpoints,
    many_plants,
    new_plant,
    report_cost,
    second_start,
    training_cost,
)
from benchmarks.figure import CannotMeasure, Figure, document, lines
from benchmarks.stack import Stack

# In the order in which they run: what needs no demo before there is one, then on one demo idle
# before anything else, the large plant and the many last.
BENCHMARKS = {
    "G11": report_cost.measure,
    "G12": training_cost.measure,
    "G13": idle_memory.measure,
    "G14": second_start.measure,
    "G9": new_plant.measure,
    "G16": greedy_plant.measure,
    "G7": kpi_endpoints.measure,
    "G10": many_plants.measure,
}
HISTORY_DAYS, QUICK_HISTORY_DAYS = 180, 3


def main(words: Sequence[str]) -> int:
    """0 when every figure passes, 1 when one fails, 2 with a sentence for an unknown id."""
    options = _options().parse_args(words)
    chosen = [name.strip().upper() for name in options.only.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        known = ", ".join(sorted(BENCHMARKS, key=_number))
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}. There are: {known}\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    figures = _run(chosen or list(BENCHMARKS), quick=options.quick)
    if options.out:
        options.out.write_text(json.dumps(document(figures), indent=2) + "\n", encoding="utf-8")
    return 0 if all(figure.passed for figure in figures.values()) else 1


def _run(chosen: Sequence[str], *, quick: bool) -> dict[str, Figure]:
    figures = {}
    days = QUICK_HISTORY_DAYS if quick else HISTORY_DAYS
    with Stack(history_days=days) as stack:
        for name, measure in BENCHMARKS.items():
            if name not in chosen:
                continue
            try:
                figures[name] = measure(stack, quick=quick)
            except CannotMeasure as error:
                figures[name] = _failed(error)
            sys.stdout.write("\n".join(lines(name, figures[name])) + "\n")
            sys.stdout.flush()
    return dict(sorted(figures.items(), key=lambda item: _number(item[0])))


def _failed(error: CannotMeasure) -> Figure:
    first, *rest = str(error).splitlines()
    return Figure(title=first, value=None, unit="", limit=None, passed=False, details=tuple(rest))


def _number(name: str) -> int:
    return int(name.removeprefix("G"))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", metavar="IDS", help="for example G7,G13")
    parser.add_argument("--quick", action="store_true", help="smaller, for a first look")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
