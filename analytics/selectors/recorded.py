"""What the records say: one SQL roll-up, kept in Valkey until the data version changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.core.cache import cache
from django.db.models import Count, F, Max, Q, Sum, Value

from analytics.kpis.rollup import Sums
from analytics.selectors.question import Cell, Key, Question
from production.selectors.records import records_in

KEEP_S = 300
SUMMED = {
    "pot_s": "pot_s",
    "pbt_s": "pbt_s",
    "apt_s": "apt_s",
    "aust_s": "aust_s",
    "adet_s": "adet_s",
    "adot_s": "adot_s",
    "no_data_s": "no_data_s",
    "unassigned_s": "unassigned_s",
    "pq": "units_produced",
    "gq": "good_units",
    "sq": "defective_units",
    "ideal_produced_s": "ideal_produced_s",
    "ideal_good_s": "ideal_good_s",
    "failures": "failures",
    "repair_s": "repair_s",
}
UNKNOWN = {
    "unknown_pq": "units_produced",
    "unknown_gq": "good_units",
    "unknown_sq": "defective_units",
    "unknown_downtime": "apt_s",
    "missing_pri": "pri_s",
}
# The order of a roll-up's columns.
COLUMNS = (*SUMMED, *UNKNOWN, "records")
PBT, NO_DATA = COLUMNS.index("pbt_s"), COLUMNS.index("no_data_s")
COUNTED = frozenset({*UNKNOWN, "failures", "records"})


@dataclass(slots=True)
class Recorded:
    """Sums by machine and by key.

    `heard_s` are the planned busy seconds of which records tell; `running` holds, of those, when
    the last shift ends and the seconds of it, where it had not ended when this was read.
    """

    machines: dict[int, Sums] = field(default_factory=dict)
    keys: dict[Key, Sums] = field(default_factory=dict)
    heard_s: dict[Cell, float] = field(default_factory=dict)
    running: dict[Cell, tuple[datetime, float]] = field(default_factory=dict)


def recorded(question: Question, version: int) -> Recorded:
    """From the cache where the same was asked of the same data."""
    name = f"kpi:{version}:{hashlib.sha256(question.text.encode()).hexdigest()}"
    answer: Recorded | None = cache.get(name)
    if answer is None:
        answer = _read(question)
        cache.set(name, answer, KEEP_S)
    return answer


def _read(question: Question) -> Recorded:
    """One roll-up by machine, and by shift or day where asked; folded into both here."""
    column = question.column
    totals: list[Any] = [Sum(name) for name in SUMMED.values()]
    totals += [Count("pk", filter=Q(**{f"{name}__isnull": True})) for name in UNKNOWN.values()]
    unfinished = Sum(F("pbt_s") + F("no_data_s"), filter=Q(shift_end__gt=question.now))
    named = {f"sum_{n}": total for n, total in enumerate((*totals, Count("pk")))}
    rows = list(
        records_in(window=question.window, machines=question.machines, shift=question.shift)
        .order_by()
        .values("machine_id", *([column] if column else []))
        .annotate(**named, last_end=Max("shift_end"), running_s=unfinished)
        .values_list("machine_id", column or Value(""), "last_end", "running_s", *named)
    )
    sums = [row[4:] for row in rows]
    answer = Recorded(machines=_folded([row[0] for row in rows], sums))
    if column:
        answer.keys = _folded([row[1] for row in rows], sums)
    for pk, key, end, running_s, *figures in rows:
        answer.heard_s[pk, key] = figures[PBT] + figures[NO_DATA]
        if running_s is not None:
            answer.running[pk, key] = (end, running_s)
    return answer


def _folded(keys: list[Any], rows: list[tuple[Any, ...]]) -> dict[Any, Sums]:
    """Add the rows of equal keys."""
    places = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    totals = np.zeros((len(places), len(COLUMNS)))
    if rows:
        # A sum of nothing but unknown values is null; it adds 0 and is counted as unknown.
        known = np.nan_to_num(np.array(rows, dtype=float))
        np.add.at(totals, [places[key] for key in keys], known)
    whole = [name in COUNTED for name in COLUMNS]
    return {
        key: Sums(
            **{
                name: int(value) if is_whole else value
                for name, value, is_whole in zip(COLUMNS, total.tolist(), whole, strict=True)
            }
        )
        for key, total in zip(places, totals, strict=True)
    }
