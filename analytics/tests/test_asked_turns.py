"""Plants take turns with what their people ask a worker for."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from analytics.services import turns
from analytics.services.turns import WAITS_S, Line, turn


@pytest.fixture
def plant(monkeypatch):
    """plant(name) enters a plant as far as turns know one; plant.passes(seconds) lets time pass."""
    monkeypatch.setattr(turns, "_line", Line())
    clock = [100.0]
    monkeypatch.setattr(turns.time, "monotonic", lambda: clock[0])

    def enter(name: str) -> None:
        clock[0] += 0.1
        monkeypatch.setattr(turns, "connection", SimpleNamespace(schema_name=name))

    enter.passes = lambda seconds: clock.__setitem__(0, clock[0] + seconds)
    return enter


def asks(plant, name: str) -> bool:
    """One piece of work that is over at once."""
    plant(name)
    with turn(is_asked_for=True) as may_begin:
        return may_begin


def test_a_plant_with_much_to_do_lets_another_in_after_the_piece_that_it_is_at(plant):
    assert asks(plant, "greedy")
    plant("greedy")
    with turn(is_asked_for=True) as may_begin:
        assert may_begin
        assert not asks(plant, "other")
        plant("greedy")
    # The piece is over, and the greedy plant's next one comes first to ask.
    assert not asks(plant, "greedy")
    assert asks(plant, "other")
    assert asks(plant, "greedy")


def test_a_plant_that_does_not_come_back_keeps_nobody_waiting(plant):
    assert asks(plant, "greedy")
    plant("greedy")
    with turn(is_asked_for=True):
        assert not asks(plant, "other")
        plant("greedy")
    assert not asks(plant, "greedy")
    plant.passes(WAITS_S)
    assert asks(plant, "greedy")


def test_what_is_due_never_waits(plant):
    with ExitStack() as held:
        plant("greedy")
        assert held.enter_context(turn(is_asked_for=True))
        assert held.enter_context(turn(is_asked_for=False))
        plant("other")
        assert held.enter_context(turn(is_asked_for=False))


def test_work_that_fails_gives_its_turn_back(plant):
    plant("greedy")
    with pytest.raises(RuntimeError), turn(is_asked_for=True):
        raise RuntimeError("no room")
    assert asks(plant, "other")
