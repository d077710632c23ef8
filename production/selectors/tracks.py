"""A machine's stored values as arrays, and the times in which nobody listened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import Q
from numpy.typing import NDArray

from amis.interval import Interval
from production.models import Machine, Outage, Signal
from production.shopfloor.record import us

# The top two bits of an OPC UA status code: 00 good, 01 uncertain, 10 bad.
GOOD = "status_code < 1073741824"
WITHIN = f"""
SELECT signal_id, (extract(epoch FROM source_timestamp) * 1000000)::bigint, value
FROM production_sample
WHERE signal_id = ANY(%s::bigint[]) AND source_timestamp >= %s AND source_timestamp < %s AND {GOOD}
ORDER BY signal_id, source_timestamp"""
# A text in place of a number makes a state unknown; a counter goes on from its last number.
BEFORE = f"""
SELECT ids.id, (extract(epoch FROM last.source_timestamp) * 1000000)::bigint, last.value
FROM unnest(%s::bigint[]) AS ids(id), LATERAL (
  SELECT source_timestamp, value FROM production_sample
  WHERE signal_id = ids.id AND source_timestamp < %s AND {GOOD}
    AND (value IS NOT NULL OR ids.id = ANY(%s::bigint[]))
  ORDER BY source_timestamp DESC LIMIT 1) AS last"""


@dataclass(frozen=True, slots=True)
class StoredTrack:
    """One signal's good values within an interval; `before` is the one in force when it begins."""

    signal: Signal
    times_us: NDArray[np.int64]
    values: NDArray[np.float64]
    before: float | None

    @property
    def whole(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Times and values with the one before put in front, at the beginning of time."""
        if self.before is None:
            return self.times_us, self.values
        return (
            np.concatenate((np.array([0], dtype=np.int64), self.times_us)),
            np.concatenate(([self.before], self.values)),
        )


def tracks_of(machine: Machine, interval: Interval) -> dict[str, StoredTrack]:
    """The tracks of a machine's non-process signals by role."""
    signals = {s.pk: s for s in machine.signals.all() if s.role != Signal.Role.PROCESS}
    ids = list(signals)
    states = [pk for pk, signal in signals.items() if signal.role == Signal.Role.STATE]
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [ids, interval.start, states])
        before = {pk: np.nan if value is None else value for pk, _, value in cursor.fetchall()}
        cursor.execute(WITHIN, [ids, interval.start, interval.end])
        rows = cursor.fetchall()
    owner = np.array([row[0] for row in rows], dtype=np.int64)
    times = np.array([row[1] for row in rows], dtype=np.int64)
    values = np.array([row[2] for row in rows], dtype=np.float64)
    tracks = {}
    for pk, signal in signals.items():
        first, last = np.searchsorted(owner, (pk, pk + 1))
        tracks[signal.role] = StoredTrack(
            signal, times[first:last], values[first:last], before.get(pk)
        )
    return tracks


def outages_of(machine: Machine, interval: Interval) -> list[tuple[int, int]]:
    """Outages of the machine's connection that touch the interval, in microseconds."""
    if machine.connection_id is None:
        return []
    touching = Outage.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=interval.start),
        connection_id=machine.connection_id,
        started_at__lt=interval.end,
    ).order_by("started_at")
    return [
        (us(started), us(min(ended or interval.end, interval.end)))
        for started, ended in touching.values_list("started_at", "ended_at")
    ]
