"""The rows that an equipment file asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One wanted row: its line in the file, its key, its columns, the lines of some columns."""

    line: int
    key: Any
    fields: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)


class Rows(list[Row]):
    """Rows of one kind that know at once whether a key is there, whatever its case."""

    def __init__(self) -> None:
        super().__init__()
        self._by_key: dict[Any, Row] = {}

    def append(self, row: Row) -> None:
        super().append(row)
        self._by_key.setdefault(_folded(row.key), row)

    def extend(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.append(row)

    def twin_of(self, row: Row) -> Row | None:
        return self._by_key.get(_folded(row.key))


def _folded(key: Any) -> Any:
    return tuple(part.lower() for part in key) if isinstance(key, tuple) else key.lower()


@dataclass(slots=True)
class Equipment:
    """Rows by kind. References stand as names; a key of a signal is (machine_id, name)."""

    patterns: Rows = field(default_factory=Rows)
    connections: Rows = field(default_factory=Rows)
    areas: Rows = field(default_factory=Rows)
    lines: Rows = field(default_factory=Rows)
    machines: Rows = field(default_factory=Rows)
    signals: Rows = field(default_factory=Rows)
