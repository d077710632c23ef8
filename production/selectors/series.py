"""A machine's signals over time, thinned in SQL so that a chart keeps its peaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from amis.interval import Interval
from production.models import Machine, Signal

SHOWN = (Signal.Role.PROCESS, Signal.Role.SPEED)
# Good values only: the top two bits of an OPC UA status code are 00.
THINNED = """
SELECT signal_id,
       extract(epoch FROM min(source_timestamp))::float8,
       extract(epoch FROM max(source_timestamp))::float8,
       min(value), max(value), (array_agg(value ORDER BY source_timestamp))[1]
FROM production_sample
WHERE signal_id = ANY(%s) AND source_timestamp >= %s AND source_timestamp < %s
  AND status_code < 1073741824 AND value IS NOT NULL
GROUP BY signal_id, floor(extract(epoch FROM source_timestamp - %s) / %s)
ORDER BY 1, 2"""

# Counters' good values, and the ones in force when they begin.
COUNTED = """
SELECT ids.id, extract(epoch FROM last.source_timestamp)::float8, last.value
FROM unnest(%(ids)s) AS ids(id), LATERAL (
  SELECT source_timestamp, value FROM production_sample
  WHERE signal_id = ids.id AND source_timestamp < %(start)s AND status_code < 1073741824
    AND value IS NOT NULL
  ORDER BY source_timestamp DESC LIMIT 1) AS last
UNION ALL
SELECT signal_id, extract(epoch FROM source_timestamp)::float8, value FROM production_sample
WHERE signal_id = ANY(%(ids)s) AND source_timestamp >= %(start)s AND source_timestamp < %(end)s
  AND status_code < 1073741824 AND value IS NOT NULL
ORDER BY 1, 2"""

# The mean of good values by signal and stretch.
MEANS = """
SELECT signal_id, floor(extract(epoch FROM source_timestamp - %s) / %s)::int,
       avg(value), min(value), max(value),
       (array_agg(value ORDER BY source_timestamp DESC))[1]
FROM production_sample
WHERE signal_id = ANY(%s) AND source_timestamp >= %s AND source_timestamp < %s
  AND status_code < 1073741824 AND value IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Mean:
    """Of the good values of one of the equal stretches into which an interval was cut."""

    stretch: int
    mean: float
    lowest: float
    highest: float
    last: float


def means_of(
    signal_ids: Iterable[int], interval: Interval, *, stretches: int
) -> dict[int, list[Mean]]:
    """Each signal's means over an interval; a stretch without a good value is left out."""
    found: dict[int, list[Mean]] = {signal_id: [] for signal_id in signal_ids}
    length_s = max(interval.duration_s / stretches, 0.001)
    if found:
        start, end = interval.start, interval.end
        with connection.cursor() as cursor:
            cursor.execute(MEANS, [start, length_s, list(found), start, end])
            for signal_id, *figures in cursor.fetchall():
                found[signal_id].append(Mean(*figures))
    return found


def series_of(*, machine: Machine, interval: Interval, points: int) -> list[dict[str, Any]]:
    """Each process signal's values as {name, unit, min, max, t, v}; `min`, `max` are its limits.

    A stretch with several values becomes two points, its lowest and its highest.
    """
    signals = list(machine.signals.filter(role__in=SHOWN).order_by("name"))
    tracks: dict[int, tuple[list[float], list[float]]] = {s.pk: ([], []) for s in signals}
    stretch_s = max(interval.duration_s / max(points // 2, 1), 0.001)
    with connection.cursor() as cursor:
        ends = [interval.start, interval.end]
        cursor.execute(THINNED, [list(tracks), *ends, interval.start, stretch_s])
        for signal_id, first, last, lowest, highest, opening in cursor.fetchall():
            times, values = tracks[signal_id]
            times.append(first)
            if last == first:
                values.append(opening)
                continue
            times.append(last)
            rising = opening - lowest <= highest - opening
            values.extend((lowest, highest) if rising else (highest, lowest))
    return [
        {
            "name": signal.name,
            "unit": signal.unit,
            "min": signal.min_value,
            "max": signal.max_value,
            "t": tracks[signal.pk][0],
            "v": tracks[signal.pk][1],
        }
        for signal in signals
    ]


Counted = tuple[NDArray[np.float64], NDArray[np.float64], float | None]
"""A counter's times (epoch s) and values in an interval, and its value before."""


def counters_of(signal_ids: list[int], interval: Interval) -> dict[int, Counted]:
    with connection.cursor() as cursor:
        ends = {"ids": signal_ids, "start": interval.start, "end": interval.end}
        cursor.execute(COUNTED, ends)
        table = np.array(cursor.fetchall(), dtype=float).reshape(-1, 3)
    found: dict[int, Counted] = {}
    for signal_id in signal_ids:
        rows, before = table[table[:, 0] == signal_id, 1:], None
        if len(rows) and rows[0, 0] < interval.start.timestamp():
            before, rows = float(rows[0, 1]), rows[1:]
        found[signal_id] = rows[:, 0], rows[:, 1], before
    return found
