"""`python -m benchmarks.anomaly --data DIR`: odd operation found on other people's machines.

SKAB (sixteen runs of a pump test bed, valve1): learned on the first 400 rows of each run, judged on
all later ones together. NAB (four series): learned on the first 15 %, judged on the rest. No point
is adjusted: an alarm counts in the rows in which it is on. F1 alone misleads (an alarm that is
always on has a good one on SKAB), so F1, false and missed alarm rates stand together, and the gate
is the PR-AUC.

How the settings were chosen: the EWMA's weight, the plane's share of variance and the way in which
detectors are combined by the PR-AUC on the first twelve runs of SKAB (0 to 11), from the middle of
a plateau. The last quarter of the runs (12 to 15) decided nothing and is shown by itself. How often
alarms come was set by the budget of one a machine-week on normal operation of simulated machines,
not by any of these labels. On NAB nothing was chosen.

"… alone" are our detectors one by one, with bars from the rows that they were fitted on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analytics.ml.anomaly.frame import SignalFrame
from analytics.ml.anomaly.signal import fit, score
from benchmarks.anomaly_rivals import Said, all_say
from benchmarks.anomaly_sets import Labelled, nab, skab
from benchmarks.anomaly_verdict import Verdict, verdict
from benchmarks.figure import table

BUDGET_PER_WEEK = 1.0
LEAST_PR_AUC = 0.79
CHOSEN_ON = 12
MACHINES, DAYS, SIGNALS, MOST_SECONDS = 50, 14, 4, 60.0
TIMED_MACHINES = 5
HEADS = ("", "PR-AUC", "F1", "FAR", "MAR")


def main(words: Sequence[str]) -> int:
    """0 when every gate passes or there is no data, 1 when one fails."""
    options = _options().parse_args(words)
    if not (options.data / "skab").is_dir():
        sys.stdout.write(f"No benchmark of anomalies: there is no folder {options.data}/skab.\n")
        return 0
    runs = skab(options.data / "skab")
    said = [all_say(run, budget_per_week=BUDGET_PER_WEEK) for run in runs]
    found = {
        "SKAB valve1, all runs": _verdicts(runs, said),
        "SKAB valve1, the last four runs": _verdicts(runs[CHOSEN_ON:], said[CHOSEN_ON:]),
    }
    for series in nab(options.data / "nab"):
        title = f"NAB {series.frame.machine}, {series.windows} windows"
        found[title] = _verdicts([series], [all_say(series, budget_per_week=BUDGET_PER_WEEK)])
    for title, verdicts in found.items():
        _tell(title, verdicts)
    gates = _gates(found["SKAB valve1, all runs"], _seconds())
    for name, (value, limit, passed) in gates.items():
        sys.stdout.write(f"{name}: {value:.3f}, {limit} | {'pass' if passed else 'FAIL'}\n")
    if options.out:
        options.out.write_text(json.dumps(_document(found, gates), indent=2) + "\n", "utf-8")
    return 0 if all(passed for _, _, passed in gates.values()) else 1


def _verdicts(sets: Sequence[Labelled], said: Sequence[Said]) -> dict[str, Verdict]:
    """Of all sets together, by the name of who says it."""
    is_odd = np.concatenate([one.is_odd[one.fit_rows :] for one in sets])
    return {
        name: verdict(
            np.concatenate([one[name][0] for one in said]),
            np.concatenate([one[name][1] for one in said]),
            is_odd,
        )
        for name in said[0]
    }


def _gates(verdicts: dict[str, Verdict], seconds: float) -> dict[str, tuple[float, str, bool]]:
    ours = verdicts["AMIS"]
    return {
        "SKAB valve1 PR-AUC": (
            ours.pr_auc, f"at least {LEAST_PR_AUC}", ours.pr_auc >= LEAST_PR_AUC,
        ),
        f"Seconds for {MACHINES} machines, {DAYS} days by the minute, {SIGNALS} signals": (
            seconds, f"at most {MOST_SECONDS:.0f}", seconds <= MOST_SECONDS,
        ),
    }  # fmt: skip


def _seconds() -> float:
    """CPU seconds to learn and score, from a few machines."""
    random = np.random.default_rng(7)
    rows = DAYS * 24 * 60
    frames = [
        SignalFrame(
            machine=f"M{at:03}",
            names=tuple(f"signal {n}" for n in range(SIGNALS)),
            time_us=np.arange(rows) * 60_000_000,
            values=random.normal(size=(rows, SIGNALS)),
        )
        for at in range(TIMED_MACHINES)
    ]
    began = time.process_time()
    detector = fit(frames)
    for frame in frames:
        score(detector, frame)
    return (time.process_time() - began) * MACHINES / TIMED_MACHINES


def _tell(title: str, verdicts: dict[str, Verdict]) -> None:
    rows = [
        (name, *(f"{number:.3f}" for number in (one.pr_auc, one.f1, one.far, one.mar)))
        for name, one in verdicts.items()
    ]
    odd = next(iter(verdicts.values())).odd_share
    lines = table([HEADS, *rows])
    sys.stdout.write("\n".join([f"{title} ({odd:.1%} of the rows are odd)", *lines, "", ""]))
    sys.stdout.flush()


def _document(
    found: dict[str, dict[str, Verdict]], gates: dict[str, tuple[float, str, bool]]
) -> dict[str, Any]:
    return {
        "gates": {
            name: {"value": value, "limit": limit, "pass": passed}
            for name, (value, limit, passed) in gates.items()
        },
        "sets": {
            title: {
                name: {
                    "pr_auc": one.pr_auc, "f1": one.f1, "far": one.far, "mar": one.mar,
                }
                for name, one in verdicts.items()
            }
            for title, verdicts in found.items()
        },
    }  # fmt: skip


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.anomaly", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="open data sets")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
