"""Idle means that nothing is being trained, however long the first training takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import idle_memory, stack
from benchmarks.figure import CannotMeasure


class TrainingStack:
    """A demo whose clock goes with each look, and whose trainer has a child until an instant."""

    def __init__(self, *, trained_at: float) -> None:
        self.now, self.trained_at = 0.0, trained_at

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def ensure_ready(self) -> None:
        pass

    def look(self) -> None:
        pass

    def processes(self) -> dict[str, list[int]]:
        child = [3] if self.now < self.trained_at else []
        return {"web": [1], "ml": [2, *child], "ml-tf": [4]}

    def pss_mb(self) -> dict[str, float]:
        ml = 300.0 if self.now < self.trained_at else 60.0
        return {"web": 100.0, "ml": ml, "ml-tf": 60.0}


@pytest.fixture
def demo(monkeypatch):
    def trained(at: float) -> TrainingStack:
        stack = TrainingStack(trained_at=at)
        monkeypatch.setattr(idle_memory, "time", stack)
        return stack

    return trained


def test_memory_is_measured_when_the_first_training_has_ended_for_a_while(demo):
    stack = demo(200.0)
    figure = idle_memory.measure(stack, quick=False)
    assert figure.value == 220.0
    assert figure.passed
    assert stack.now >= 260.0


def test_a_demo_that_never_stops_training_has_no_idle_memory(demo):
    with pytest.raises(CannotMeasure, match="does not get idle"):
        idle_memory.measure(demo(1e9), quick=True)


def test_a_process_below_another_service_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pids = {"supervisor": 1, "forkserver": 2, "ml": 3, "beat": 4, "web": None}
    services = {name: {"pid": pid} for name, pid in pids.items()}
    (tmp_path / "demo.json").write_text(json.dumps({"services": services}))
    monkeypatch.setattr(stack, "_parents", lambda: {1: 0, 2: 1, 3: 2, 4: 2, 5: 3, 6: 1})
    made = stack.Stack.__new__(stack.Stack)
    made.home = tmp_path
    assert made.processes() == {"supervisor": [1, 6], "forkserver": [2], "ml": [3, 5], "beat": [4]}
