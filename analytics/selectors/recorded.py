"""What the records say: SQL roll-ups, kept in Valkey until the data version changes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import BigIntegerField, Count, F, Max, Q, QuerySet, Sum, Value

from analytics.kpis.rollup import Sums
from analytics.selectors.question import Cell, Key, Question
from production.selectors.records import records_in

KEEP_S = 300
FEW_DAYS_S = 31 * 86_400
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
NAMES = (*SUMMED, *UNKNOWN, "records")
TOTALS: dict[str, Any] = {f"sum_{name}": Sum(column) for name, column in SUMMED.items()}
TOTALS |= {
    f"sum_{name}": Count("pk", filter=Q(**{f"{column}__isnull": True}))
    for name, column in UNKNOWN.items()
}
TOTALS["sum_records"] = Count("pk")


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
    """Roll-ups by machine, and by shift or day where asked."""
    records = records_in(
        window=question.window, machines=question.machines, shift=question.shift
    ).order_by()
    heard = {
        "heard_s": Sum(F("pbt_s") + F("no_data_s")),
        "last_end": Max("shift_end"),
        "running_s": Sum(F("pbt_s") + F("no_data_s"), filter=Q(shift_end__gt=question.now)),
    }
    if question.group_by == "day" and question.window.interval.duration_s > FEW_DAYS_S:
        # A year of fifty machines has 18,000 cells: the database adds them up, and of the cells
        # themselves only what `heard_s` and `running` need is read.
        answer = _by_machine_and_key(records, "production_date")
        cells = _rolled_up(records, "machine_id", "production_date", **heard)
    else:
        answer, cells = _by_cell(records, question.column, heard)
    # One object for each key, which pickle then writes once.
    keys: dict[Key, Key] = {}
    for pk, key, heard_s, end, running_s in cells:
        cell = (pk, keys.setdefault(key, key))
        answer.heard_s[cell] = heard_s
        if running_s is not None:
            answer.running[cell] = (end, running_s)
    return answer


def _by_cell(
    records: QuerySet[Any], column: str | None, heard: dict[str, Any]
) -> tuple[Recorded, list[tuple[Any, ...]]]:
    """Few cells are read once and added up here. With each cell, what was heard in it."""
    answer, cells = Recorded(), []
    for pk, key, *row in _rolled_up(records, "machine_id", column or Value(""), **TOTALS, **heard):
        sums = sums_of(row[: len(TOTALS)])
        answer.machines[pk] = _plus(answer.machines.get(pk), sums)
        if column:
            answer.keys[key] = _plus(answer.keys.get(key), sums)
        cells.append((pk, key, *row[len(TOTALS) :]))
    return answer, cells


def _plus(sums: Sums | None, more: Sums) -> Sums:
    return more if sums is None else sums + more


def _by_machine_and_key(records: QuerySet[Any], column: str) -> Recorded:
    """Both in one statement, so that they tell of the same moment."""
    nothing = Value(None, records.model._meta.get_field(column))
    machines = records.values("machine_id").annotate(key=nothing, **TOTALS)
    keys = records.values(column).annotate(none=Value(None, BigIntegerField()), **TOTALS)
    rows = machines.values_list("machine_id", "key", *TOTALS).union(
        keys.values_list("none", column, *TOTALS), all=True
    )
    answer = Recorded()
    for pk, key, *totals in rows:
        if pk is None:
            answer.keys[key] = sums_of(totals)
        else:
            answer.machines[pk] = sums_of(totals)
    return answer


def _rolled_up(records: QuerySet[Any], *keys: str | Value, **totals: Any) -> QuerySet[Any]:
    """The keys and totals of each group."""
    columns = [key for key in keys if isinstance(key, str)]
    return records.values(*columns).annotate(**totals).values_list(*keys, *totals)


def sums_of(totals: Sequence[Any]) -> Sums:
    """A sum of nothing but unknown values is null; it adds 0 and is counted as unknown."""
    return Sums(
        **{name: 0.0 if value is None else value for name, value in zip(NAMES, totals, strict=True)}
    )
