"""What `make bench` says and writes; nothing here is timed."""

from __future__ import annotations

import json

import pytest

from benchmarks import __main__ as bench
from benchmarks.figure import CannotMeasure, Figure, document, lines
from benchmarks.ratio import alternately, p95


def figure(*, passed: bool) -> Figure:
    return Figure(
        title="p95 of /",
        value=30.0,
        unit="ms",
        peer=20.0,
        limit=60.0,
        passed=passed,
        counts={"queries": 9},
        details=("door  cold",),
    )


class NoStack:
    """Stands where the demo would be; the benchmarks of these tests need none."""

    def __init__(self, **_: object) -> None:
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def measured(monkeypatch):
    """Three benchmarks of which G14 cannot be measured."""

    def cannot(stack, *, quick):
        raise CannotMeasure("The demo does not run:\nno room")

    known = {
        "G13": lambda stack, *, quick: figure(passed=True),
        "G14": cannot,
        "G7": lambda stack, *, quick: figure(passed=True),
    }
    monkeypatch.setattr(bench, "BENCHMARKS", known)
    monkeypatch.setattr(bench, "Stack", NoStack)


def test_a_figure_is_a_line_that_begins_with_its_id_and_ends_in_its_verdict():
    *details, line = lines("G7", figure(passed=True))
    assert line.startswith("G7 ")
    assert line.endswith("pass")
    assert "peer 20.0 ms, ratio 1.50" in line
    assert details == ["     door  cold"]
    assert lines("G7", figure(passed=False))[-1].endswith("FAIL")


def test_the_json_holds_the_seven_keys_of_each_figure():
    assert document({"G7": figure(passed=True)}) == {
        "G7": {
            "value": 30.0,
            "unit": "ms",
            "peer": 20.0,
            "ratio": 1.5,
            "limit": 60.0,
            "pass": True,
            "counts": {"queries": 9},
        }
    }


def test_only_what_is_asked_for_runs_and_is_written(measured, tmp_path, capsys):
    out = tmp_path / "figures.json"
    assert bench.main(["--only", "g7, G13", "--out", str(out)]) == 0
    assert list(json.loads(out.read_text())) == ["G7", "G13"]
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said if line.startswith("G")] == ["G13", "G7"]


def test_a_figure_that_cannot_be_had_fails_and_the_others_are_measured(measured, capsys):
    assert bench.main([]) == 1
    verdicts = [line for line in capsys.readouterr().out.splitlines() if line.startswith("G")]
    assert [line.split()[-1] for line in verdicts] == ["pass", "FAIL", "pass"]
    assert "The demo does not run:" in verdicts[1]


def test_an_unknown_id_is_refused_with_those_that_there_are(measured, capsys):
    assert bench.main(["--only", "G7,G99"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "There is no benchmark G99. There are: G7, G13, G14\n"


def test_the_95th_percentile_is_a_value_that_was_measured():
    assert p95([float(n) for n in range(1, 21)]) == 19.0
    assert p95([3.0]) == 3.0


def test_two_works_are_done_in_turn():
    done: list[str] = []
    one, other = alternately(lambda: done.append("a"), lambda: done.append("b"), times=2, repeats=3)
    assert "".join(done) == "ab" * 6
    assert len(one.p95s_ms) == len(other.p95s_ms) == 3
