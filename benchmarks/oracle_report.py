"""The oracle's comparison in words for people, and shift by shift for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.ml.history import Ints, ShiftHistory
from benchmarks.figure import table
from benchmarks.oracle_scores import Said
from plc_sim.timetable import moment


def lines_of(result: Mapping[str, Any], *, usual: str) -> list[str]:
    """A table of everybody, and a sentence by each measure on how much is left."""
    plant, scores, best = result["plant"], result["scores"], result["best_naive"]
    head = ("who", "MAE min", "pinball", "Brier ≥30", "in 80 %", "in 95 %")
    by_error = sorted(result["naive_mae"].items(), key=lambda one: one[1])
    rules = [(f"naive: {name}", f"{mae:.2f}", *[""] * 4) for name, mae in by_error if name != usual]
    full = [(name, f"{one['mae']:.2f}", f"{one['pinball']:.3f}", f"{one['brier']:.4f}",
             f"{one['coverage_80']:.3f}", f"{one['coverage_95']:.3f}")
            for name, one in scores.items()]  # fmt: skip
    return [
        f"Seed {plant['seed']}, {plant['timezone']}, {plant['days']} days: the last"
        f" {result['shifts']} shifts of {result['machines']} machines, {result['copies']} copies,"
        f" {result['trainings']} trainings",
        f"  {result['mean_min']:.1f} min of downtime a shift, half an hour or more in"
        f" {result['share_of_30']:.0%}".replace("%", " %"),
        *(f"  {line}" for line in table([head, *rules, *full])),
        *(
            f"  {_sentence(name, one, best if name == 'mae' else usual)}"
            for name, one in result["gaps"].items()
        ),
    ]


def _sentence(measure: str, found: Mapping[str, Any], naive: str) -> str:
    what = {"mae": "MAE (min)", "pinball": "Pinball (min)", "brier": "Brier"}[measure]
    if found["closed"] is None:
        return f"{what}: the oracle is no better than {naive}: here is nothing to learn."
    doubt = ", which may be none" if found["room_low"] <= 0 else ""
    return (
        f"{what}: from {naive} to the oracle there is room of {_span(found, 'room')}{doubt};"
        f" {found['closed'] * 100:.0f} % of it is closed, {_span(found, 'left')} is left."
    )


def _span(found: Mapping[str, Any], name: str) -> str:
    """A difference, and where it lies in 9 of 10 resamplings."""
    low, high = found[f"{name}_low"], found[f"{name}_high"]
    return f"{found[name]:.3f} ({low:.3f} to {high:.3f})"


def rows_of(history: ShiftHistory, rows: Ints, said: Mapping[str, Said]) -> list[dict[str, Any]]:
    """Each shift with what came true and what was said of it: median and chance."""
    return [
        {
            "machine_id": history.machines[history.machine[row]],
            "shift_start": moment(int(history.start_us[row])).isoformat(),
            "actual_min": float(history.downtime_min[row]),
            **{name: [float(one.quantiles[place, 2]), float(one.chance[place])]
               for name, one in said.items()},
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
