"""A measured figure: as a line for people, as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class CannotMeasure(Exception):
    """A sentence that says why there is no figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value`, `peer` and `limit` are in `unit`; `peer` is the floor that ran beside it, if any."""

    title: str
    value: float | None
    unit: str
    limit: float | None
    passed: bool
    peer: float | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    details: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Value by peer; None where there is no peer."""
        return self.value / self.peer if self.value is not None and self.peer else None


def lines(name: str, figure: Figure) -> list[str]:
    """The details, indented, and the line that begins with the figure's id and ends in its
    verdict.
    """
    parts = [figure.title]
    if figure.value is not None:
        parts.append(f"{figure.value:.1f} {figure.unit}")
    if figure.peer is not None and figure.ratio is not None:
        parts.append(f"peer {figure.peer:.1f} {figure.unit}, ratio {figure.ratio:.2f}")
    if figure.limit is not None:
        parts.append(f"limit {figure.limit:.1f} {figure.unit}")
    verdict = "pass" if figure.passed else "FAIL"
    return [
        *(f"     {line}" for line in figure.details),
        f"{name:4} {' | '.join(parts)} | {verdict}",
    ]


def document(figures: Mapping[str, Figure]) -> dict[str, dict[str, Any]]:
    """What is written to a JSON file."""
    return {
        name: {
            "value": _rounded(figure.value),
            "unit": figure.unit,
            "peer": _rounded(figure.peer),
            "ratio": _rounded(figure.ratio),
            "limit": _rounded(figure.limit),
            "pass": figure.passed,
            "counts": dict(figure.counts),
        }
        for name, figure in figures.items()
    }


def table(rows: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Columns of equal width; the first is text, the others are numbers with their heads."""
    held = list(rows)
    widths = [max(len(row[n]) for row in held) for n in range(len(held[0]))]
    return tuple(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in held
    )


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)
