"""`python -m benchmarks.calibration --tenant T FILE…`: whether a replay's promises were kept.

Reads what `manage.py replay --task downtime` wrote and holds it against the plant's own records.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amis.settings")
django.setup()

from django_tenants.utils import schema_context

from analytics.ml.features import features
from analytics.ml.history import Floats, Ints, ShiftHistory, questions_of
from analytics.ml.risk import LEVELS
from analytics.ml.standing import states_of
from analytics.selectors.shift_history import predicted_machines, shift_history
from analytics.services.training import MOST_DAYS
from benchmarks.calibration_report import report
from benchmarks.calibration_scores import Graded
from production.selectors.calendar import plant_timezone
from production.shopfloor.record import us

BANDS = ("lo80", "hi80", "lo95", "hi95")
Said = Mapping[str, str]


def main(words: Sequence[str]) -> int:
    """0 when every promise was kept, 1 when one was not, 2 with a sentence without shifts."""
    options = _options().parse_args(words)
    rows = [row for path in options.files for row in _rows(path)]
    said = [row for row in rows if row["served"] != "insufficient"]
    if not said:
        sys.stderr.write("The files predict no shift.\n")
        return 2
    with schema_context(options.tenant):
        graded = graded_by_records(said)
    known = len(graded.state)
    if not known:
        sys.stderr.write("No record tells what came of any of these shifts.\n")
        return 2
    lines, kept = report(graded)
    counts = f"{len(rows)} shifts asked for, {len(said)} predicted, of {known} the outcome is known"
    sys.stdout.write("\n".join([counts, "", *lines]) + "\n")
    return 0 if kept else 1


def graded_by_records(said: Sequence[Said]) -> Graded:
    """What was said beside what the plant's records tell; shifts of which they do not are left
    out.
    """
    starts = [datetime.fromisoformat(row["shift_start"]) for row in said]
    history = shift_history(
        machines=predicted_machines(),
        start=min(starts) - timedelta(days=MOST_DAYS),
        end=max(starts) + timedelta(days=1),
        timezone=plant_timezone(),
    )
    rows = _rows_of(history, [row["machine_id"] for row in said], [us(one) for one in starts])
    known = np.flatnonzero((rows >= 0) & np.isfinite(history.downtime_min[rows]))
    rows, said = rows[known], [said[n] for n in known]
    as_of = np.array([_us(row["as_of"]) for row in said], dtype=np.int64)
    levels: list[str] = [*LEVELS]
    return Graded(
        machine=np.array([row["machine_id"] for row in said]),
        state=states_of(features(history, questions_of(history, rows, as_of))),
        planned_min=history.planned_min[rows],
        actual_min=history.downtime_min[rows],
        median_min=_column(said, "median_min"),
        bands=np.column_stack([_column(said, name) for name in BANDS]),
        confidence=_column(said, "confidence"),
        chance=_column(said, "p_downtime_30"),
        risk=np.array([levels.index(row["risk"].lower()) for row in said], dtype=np.int64),
    )


def _rows_of(history: ShiftHistory, machines: Sequence[str], starts: Sequence[int]) -> Ints:
    """The row of each machine and start; −1 where there is none."""
    names = np.array(history.machines)[history.machine].tolist()
    found = {key: n for n, key in enumerate(zip(names, history.start_us.tolist(), strict=True))}
    asked = zip(machines, starts, strict=True)
    return np.array([found.get(key, -1) for key in asked], dtype=np.int64)


def _column(said: Sequence[Said], name: str) -> Floats:
    return np.array([float(row[name]) for row in said])


def _us(time: str) -> int:
    return us(datetime.fromisoformat(time))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--tenant", required=True, help="tenant_id of the plant that was replayed")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
