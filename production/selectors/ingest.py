"""What became of the values that connections delivered, as their counters say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Sum

from production.models import IngestCount

Outcome = IngestCount.Outcome


@dataclass(frozen=True, slots=True)
class IngestBooks:
    """received = stored + duplicate + rejected + dropped + spooled, or the books are wrong."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    spooled: int = 0

    @property
    def is_exact(self) -> bool:
        return self.received == self.stored + self.duplicate + self.lost + self.spooled

    @property
    def lost(self) -> int:
        return sum(self.rejected.values()) + sum(self.dropped.values())

    @property
    def sentence(self) -> str:
        """For a person."""
        said = f"{self.received} received = {self.stored} stored + {self.duplicate} duplicate"
        for what, counts in (("rejected", self.rejected), ("dropped", self.dropped)):
            reasons = ", ".join(f"{n} {reason}" for reason, n in sorted(counts.items()))
            said += f" + {sum(counts.values())} {what}" + (f" ({reasons})" if reasons else "")
        return f"{said} + {self.spooled} spooled: {'exact' if self.is_exact else 'NOT exact'}."

    def as_json(self) -> dict[str, Any]:
        return {
            "received": self.received,
            "stored": self.stored,
            "duplicate": self.duplicate,
            "rejected": dict(self.rejected),
            "dropped": dict(self.dropped),
            "spooled": self.spooled,
            "exact": self.is_exact,
        }

    def __add__(self, other: IngestBooks) -> IngestBooks:
        return IngestBooks(
            received=self.received + other.received,
            stored=self.stored + other.stored,
            duplicate=self.duplicate + other.duplicate,
            rejected=dict(Counter(self.rejected) + Counter(other.rejected)),
            dropped=dict(Counter(self.dropped) + Counter(other.dropped)),
            spooled=self.spooled + other.spooled,
        )


def ingest_books() -> IngestBooks:
    """Over all connections of the current plant. Nothing is spooled while there is no spool."""
    totals: dict[str, dict[str, int]] = {outcome: {} for outcome in Outcome.values}
    rows = IngestCount.objects.values_list("outcome", "reason").annotate(Sum("count"))
    for outcome, reason, count in rows:
        totals[outcome][reason] = int(count)
    return IngestBooks(
        received=sum(totals[Outcome.RECEIVED].values()),
        stored=sum(totals[Outcome.STORED].values()),
        duplicate=sum(totals[Outcome.DUPLICATE].values()),
        rejected=totals[Outcome.REJECTED],
        dropped=totals[Outcome.DROPPED],
    )
