"""What an import did, in numbers and in sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows of the plant. `removed` are stops that the file does not tell any more; `remarks` are
    sentences about what a person might not expect.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.removed)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            self.remarks + other.remarks,
        )
