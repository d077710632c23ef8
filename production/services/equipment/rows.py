"""The rows that an equipment file asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One wanted row: its line in the file, its key, its columns, the lines of some columns."""

    line: int
    key: Any
    fields: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Equipment:
    """Rows by kind. References stand as names; a key of a signal is (machine_id, name)."""

    patterns: list[Row] = field(default_factory=list)
    connections: list[Row] = field(default_factory=list)
    areas: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    machines: list[Row] = field(default_factory=list)
    signals: list[Row] = field(default_factory=list)
