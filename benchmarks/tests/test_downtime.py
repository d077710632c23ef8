from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from analytics.tests.plants import SHIFT_US, plant
from benchmarks import downtime
from benchmarks.downtime_gates import gates_of, rank_correlation
from benchmarks.downtime_sets import MINUTE_US, cut_at, lanl, rebuilt

GOOD = {
    "mae": {"ours": 7.0, "last_value": 10.0, "no_downtime": 9.0},
    "best_naive": "no_downtime",
    "coverage": {"all 80": 0.8, "all 95": 0.95, "down at start 95": 0.9},
    "spearman": -0.4,
    "levels": {name: {"shifts": 100, "observed": share} for name, share in
               zip(("low", "medium", "high", "critical"), (0.01, 0.1, 0.3, 0.9), strict=True)},
}  # fmt: skip


def levels(**told: tuple[int, float | None]) -> dict[str, dict[str, object]]:
    return {name: {"shifts": shifts, "observed": share} for name, (shifts, share) in told.items()}


def failed(name: str = "S16", **changed: object) -> list[str]:
    return [gate["gate"] for gate in gates_of(name, {**GOOD, **changed}) if not gate["pass"]]


def test_without_the_data_it_says_so_and_passes(tmp_path, capsys):
    assert downtime.main(["--data", str(tmp_path / "nowhere")]) == 0
    assert "Skipped" in capsys.readouterr().out


def test_a_good_replay_passes_every_gate():
    assert failed() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mae": {"ours": 7.6, "last_value": 10, "no_downtime": 9}}, "last value"),
        ({"mae": {"ours": 7.4, "last_value": 10, "no_downtime": 7}}, "best naive"),
        ({"coverage": {"all 80": 0.7, "all 95": 0.95}}, "all 80"),
        ({"spearman": -0.2}, "Spearman"),
        ({"levels": levels(low=(100, 0.1), medium=(100, 0.1))}, "the levels"),
        ({"levels": levels(low=(100, 0.1), medium=(0, None))}, "the levels"),
    ],
)
def test_each_gate_can_fail(changed, said):
    (gate,) = failed(**changed)
    assert said in gate


def test_a_level_of_few_shifts_is_told_with_the_one_below():
    few = levels(low=(900, 0.01), medium=(100, 0.1), high=(19, 0.0), critical=(50, 0.9))
    assert failed(levels=few) == []
    enough = levels(low=(900, 0.01), medium=(100, 0.1), high=(20, 0.0), critical=(50, 0.9))
    assert len(failed(levels=enough)) == 1


def test_the_limit_against_last_value_is_that_of_the_set():
    assert failed("S18", mae={"ours": 8.9, "last_value": 10, "no_downtime": 9}) == []
    assert len(failed("Grid'5000", mae={"ours": 7.3, "last_value": 10, "no_downtime": 9})) == 1


def test_rank_correlation_gives_ties_their_middle_rank():
    assert rank_correlation(np.array([1.0, 2, 3, 4]), np.array([9.0, 7, 5, 1])) == -1
    held = rank_correlation(np.array([1.0, 1, 2, 3]), np.array([1.0, 2, 3, 4]))
    assert held == pytest.approx(0.9487, abs=1e-4)


def test_outages_are_cut_at_shift_borders_and_overlapping_ones_are_one(tmp_path: Path):
    lines = ["machine,start,end,category,cause",
             "S16-1.0,2000-01-01 00:00:00,2000-01-01 01:00:00,,",
             "S16-1.0,2000-01-01 07:00:00,2000-01-01 09:30:00,,",
             "S16-1.0,2000-01-01 09:00:00,2000-01-01 10:00:00,,",
             "S16-2.0,2000-01-02 23:00:00,2000-01-03 09:00:00,,"]  # fmt: skip
    with gzip.open(tmp_path / "lanl_downtime_events.csv.gz", "wt") as file:
        file.write("\n".join(lines) + "\n")
    history = lanl(tmp_path, "S16")
    one = history.downtime_min[history.machine == 0]
    assert one[:3].tolist() == [120, 120, 0]
    assert history.stops[history.machine == 0][:2].tolist() == [2, 0]
    assert len(history.down_machine) == 3
    assert history.weekday[0] == 5
    assert [history.shift_names[shift] for shift in history.shift[:3]] == [
        "Night",
        "Day",
        "Evening",
    ]


def test_intervals_are_rebuilt_so_that_a_stop_goes_on_across_the_border_of_shifts():
    machine, shift = np.zeros(5, np.int64), np.arange(5)
    minutes, stops = np.array([60.0, 480, 30, 0, 120]), np.array([1.0, 0, 0, 0, 1])
    of, start, end = rebuilt(machine, shift, minutes=minutes, stops=stops)
    assert of.tolist() == [0, 0]
    assert (start / MINUTE_US).tolist() == [420, 4 * 480 + 180]
    assert (end / MINUTE_US).tolist() == [2 * 480 + 30, 4 * 480 + 300]


def test_rules_can_be_chosen_without_a_look_at_the_last_quarter():
    whole = plant(3, 40)
    cut = cut_at(whole, 0.75)
    until = int(whole.start_us.min()) + 30 * SHIFT_US
    assert cut.end_us.max() == until
    assert (cut.machine == np.repeat(np.arange(3), 30)).all()
    assert (cut.down_start_us < until).all()
    assert cut_at(whole, 1.0) is whole
