"""Process signals of machines on a regular grid, from samples, with when each machine ran."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from django.db import connection
from django.db.models import Q, QuerySet

from amis.interval import Interval
from analytics.ml.anomaly.detector import Bools, Floats, Ints
from analytics.ml.anomaly.frame import SignalFrame
from production.models import Machine, Signal, StateInterval
from production.shopfloor.packml import TimeClass, time_class
from production.shopfloor.record import us

FINEST_S, COARSEST_S = 1, 600
LONGEST_GAP_S, MOST_ROWS = 3600, 25_000
"""A longer silence tells nothing about how often a signal is sampled."""
HELD_STEPS = 5
"""A value holds for so many steps when nothing new comes: servers send what changes."""

GRID = """
SELECT signal_id, floor(extract(epoch FROM source_timestamp) / %s)::bigint, avg(value)
FROM production_sample
WHERE signal_id = ANY(%s) AND source_timestamp >= %s AND source_timestamp < %s
  AND status_code < 1073741824 AND value IS NOT NULL
GROUP BY 1, 2"""

# The interval between samples in which half of the sampled time lies: an hour of values a second
# after weeks of values a minute does not make a grid of seconds.
STEP = """
SELECT machine_id, min(gap) FILTER (WHERE so_far >= whole / 2), min(whole) / min(signals)
FROM (
  SELECT machine_id, gap, sum(gap) OVER (PARTITION BY machine_id ORDER BY gap) AS so_far,
         sum(gap) OVER (PARTITION BY machine_id) AS whole,
         (SELECT count(*) FROM production_signal c
          WHERE c.machine_id = g.machine_id AND c.role = 'process') AS signals
  FROM (
    SELECT s.machine_id, extract(epoch FROM p.source_timestamp - lag(p.source_timestamp)
           OVER (PARTITION BY p.signal_id ORDER BY p.source_timestamp))::float8 AS gap
    FROM production_signal s JOIN production_sample p ON p.signal_id = s.id
    WHERE s.machine_id = ANY(%s) AND s.role = 'process'
      AND p.source_timestamp >= %s AND p.source_timestamp < %s AND p.value IS NOT NULL) AS g
  WHERE gap > 0 AND gap <= %s) AS ranked
GROUP BY machine_id"""

ANY_SAMPLE = """
SELECT EXISTS (
  SELECT 1 FROM unnest(%s) AS s(id) CROSS JOIN LATERAL (
    SELECT 1 FROM production_sample WHERE signal_id = s.id AND source_timestamp >= %s LIMIT 1) AS x)
"""


def has_samples(signal_ids: Sequence[int], *, since: datetime) -> bool:
    """Whether any of these signals was sampled since then."""
    with connection.cursor() as cursor:
        cursor.execute(ANY_SAMPLE, [list(signal_ids), since])
        found: bool = cursor.fetchone()[0]
    return found


def steps_of(machines: Sequence[Machine], interval: Interval) -> dict[str, int]:
    """By machine_id: whole seconds a step of the grid that its samples fit, 1 to 600."""
    names = {machine.pk: machine.machine_id for machine in machines}
    with connection.cursor() as cursor:
        cursor.execute(STEP, [list(names), interval.start, interval.end, LONGEST_GAP_S])
        found = cursor.fetchall()
    return {names[pk]: _step(gap, sampled) for pk, gap, sampled in found}


def _step(gap_s: float, sampled_s: float) -> int:
    """A grid no finer than the samples are, nor than gives MOST_ROWS."""
    finest = max(FINEST_S, math.ceil(sampled_s / MOST_ROWS))
    return int(min(max(round(gap_s), finest), COARSEST_S))


def frames_of(
    machines: Sequence[Machine], interval: Interval, *, steps: Mapping[str, int]
) -> list[SignalFrame]:
    """The frame of each machine that `steps` names and that has process signals."""
    return [
        _frame(machine, interval, steps[machine.machine_id])
        for machine in machines
        if machine.machine_id in steps
    ]


def units_of(machine: Machine) -> dict[str, str]:
    """Unit by name of the machine's process signals."""
    return dict(_signals(machine).values_list("name", "unit"))


def _signals(machine: Machine) -> QuerySet[Signal]:
    return Signal.objects.filter(machine=machine, role=Signal.Role.PROCESS).order_by("name")


def _frame(machine: Machine, interval: Interval, step_s: int) -> SignalFrame:
    signals = list(_signals(machine))
    first = int(interval.start.timestamp() // step_s)
    count = max(0, -int(-interval.end.timestamp() // step_s) - first)
    values = np.full((count, len(signals)), np.nan)
    column = {signal.pk: n for n, signal in enumerate(signals)}
    with connection.cursor() as cursor:
        cursor.execute(GRID, [step_s, list(column), interval.start, interval.end])
        for pk, place, mean in cursor.fetchall():
            values[place - first, column[pk]] = mean
    times = (first + np.arange(count, dtype=np.int64)) * step_s * 1_000_000
    return SignalFrame(
        machine=machine.machine_id,
        names=tuple(signal.name for signal in signals),
        time_us=times,
        values=_held(values),
        running=_running(machine, interval, times, step_s * 1_000_000),
    )


def _held(values: Floats) -> Floats:
    """Each value holds until the next, for a few steps at most."""
    if not len(values):
        return values
    place = np.arange(len(values))[:, None]
    known = np.where(np.isnan(values), -1, place)
    last = np.maximum.accumulate(known, axis=0)
    fresh = (last >= 0) & (place - last <= HELD_STEPS)
    held = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    return np.where(fresh, held, np.nan)


def _running(machine: Machine, interval: Interval, times: Ints, step_us: int) -> Bools | None:
    """Rows through all of which the machine executed; None where nobody knows its states."""
    rows = StateInterval.objects.filter(
        Q(end__isnull=True) | Q(end__gt=interval.start), machine=machine, start__lt=interval.end
    )
    spans = list(rows.order_by("start").values_list("start", "end", "state"))
    if not any(state for _, _, state in spans):
        return None
    running = np.zeros(len(times), dtype=bool)
    for start, end, state in spans:
        if time_class(state) is TimeClass.APT:
            until = us(end) if end else np.iinfo(np.int64).max
            running |= (times >= us(start)) & (times + step_us <= until)
    return running
