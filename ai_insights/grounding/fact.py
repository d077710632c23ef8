"""One numbered figure of the plant: the only thing that a sentence may speak of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PERCENT, POINTS, MINUTES, PIECES = "%", "points", "min", "pieces"
PLANT = ""
"""`machine_id` of a figure of the whole plant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A figure with what it says and where it comes from.

    `id` is K1, K2, …; `key` names the figure for our own rules ("oee", "oee_target", "lost_min");
    `label` is what a person reads ("OEE, Filler 2"). `value` is unrounded, of a ratio in per cent
    (82.4812 with unit "%"); None is undefined, and `basis` says why. `window` is the time in words
    ("Wed 18 Nov"); `basis` is how the figure came about ("3,291 / 3,990 min"); `url` is the path of
    the rows behind it. `text` carries a name or a reason where the fact is one ("Jam at infeed").
    """

    id: str
    key: str
    label: str
    value: float | None
    unit: str
    window: str
    machine_id: str = PLANT
    machine_name: str = ""
    basis: str = ""
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of a window, in the order of their ids."""

    rows: Sequence[Fact]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.rows)

    def by_id(self, fact_id: str) -> Fact | None:
        return next((fact for fact in self.rows if fact.id == fact_id), None)

    def one(self, key: str, machine_id: str = PLANT) -> Fact | None:
        """The fact of this key and machine that has a value; None where there is none."""
        return next((f for f in self.all(key) if f.machine_id == machine_id), None)

    def all(self, key: str) -> list[Fact]:
        """The facts of a key that have a value, in their order."""
        return [fact for fact in self.rows if fact.key == key and fact.value is not None]
