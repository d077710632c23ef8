"""Roll-ups: add seconds and pieces, then divide. Never the mean of percentages."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import add, attrgetter
from typing import Any

from analytics.kpis import oee as formulas

NOTHING_PLANNED = "no planned busy time in this window"
NOTHING_SEEN = "no data in the planned busy time of this window"
NOTHING_MADE = "no piece was made"
COUNT_UNKNOWN = "a count is unknown"
NO_IDEAL_CYCLE = "a machine has no ideal cycle time"
DOWNTIME_UNKNOWN = "the downtime of a shift is unknown"
NEVER_PRODUCING = "no producing time"
NO_FAILURE = "no failure in this window"


@dataclass(frozen=True, slots=True)
class Sums:
    """What adds up over machines, shifts, days and plants. Seconds and pieces.

    `unknown_…` count the records in which a figure is not known: one of them makes the sum unknown.
    """

    pot_s: float = 0.0
    pbt_s: float = 0.0
    apt_s: float = 0.0
    aust_s: float = 0.0
    adet_s: float = 0.0
    adot_s: float = 0.0
    no_data_s: float = 0.0
    unassigned_s: float = 0.0
    pq: float = 0.0
    gq: float = 0.0
    sq: float = 0.0
    ideal_produced_s: float = 0.0
    ideal_good_s: float = 0.0
    failures: int = 0
    repair_s: float = 0.0
    records: int = 0
    unknown_pq: int = 0
    unknown_sq: int = 0
    unknown_gq: int = 0
    unknown_downtime: int = 0
    missing_pri: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*map(add, FIGURES(self), FIGURES(other)))


FIGURES = attrgetter(*(field.name for field in fields(Sums)))


def kpis(sums: Sums) -> dict[str, Any]:
    """The KPI keys of the API with their reasons for every null. Ratios 0..1, minutes, pieces."""
    pq = None if sums.unknown_pq else sums.pq
    sq = None if sums.unknown_sq else sums.sq
    gq = None if sums.unknown_gq else sums.gq
    apt = None if sums.unknown_downtime else sums.apt_s
    adet = None if sums.unknown_downtime else sums.adet_s
    ideal_produced = None if sums.unknown_pq or sums.missing_pri else sums.ideal_produced_s
    ideal_good = None if sums.unknown_gq or sums.missing_pri else sums.ideal_good_s
    if not sums.records:
        pq = sq = gq = apt = adet = ideal_produced = ideal_good = None
    values: dict[str, Any] = {
        "units_produced": pq,
        "good_units": gq,
        "defective_units": sq,
        "yield": formulas.yield_ratio(gq=gq, pq=pq),
        "defect_rate": formulas.defect_rate(sq=sq, pq=pq),
        "downtime_min": _minutes(adet),
        "pot_min": _minutes(sums.pot_s),
        "pbt_min": _minutes(sums.pbt_s),
        "apt_min": _minutes(apt),
        "aust_min": _minutes(sums.aust_s),
        "adet_min": _minutes(adet),
        "adot_min": _minutes(sums.adot_s),
        "no_data_min": _minutes(sums.no_data_s),
        "unassigned_min": _minutes(sums.unassigned_s),
        "availability": formulas.availability(apt=apt, pbt=sums.pbt_s),
        "effectiveness": formulas.effectiveness(ideal_produced=ideal_produced, apt=apt),
        "quality_ratio": formulas.quality_ratio(
            ideal_good=ideal_good, ideal_produced=ideal_produced
        ),
        "oee": formulas.oee(ideal_good=ideal_good, pbt=sums.pbt_s),
        "throughput_per_h": formulas.throughput_per_h(pq=pq, apt=apt),
        "mtbf_min": formulas.mtbf_min(apt=apt, failures=sums.failures),
        "mttr_min": formulas.mttr_min(repair=sums.repair_s, failures=sums.failures),
        "data_coverage": formulas.ratio(sums.pbt_s, sums.pbt_s + sums.no_data_s),
    }
    return {**values, "reasons": {k: _reason(k, sums) for k, v in values.items() if v is None}}


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _reason(key: str, sums: Sums) -> str:
    """Why a figure is null, the nearest cause first."""
    if not sums.records or not sums.pbt_s:
        return NOTHING_SEEN if sums.no_data_s else NOTHING_PLANNED
    if key in {"mtbf_min", "mttr_min"} and not sums.failures:
        return NO_FAILURE
    needs_apt = key in {
        "downtime_min", "adet_min", "apt_min", "availability", "effectiveness",
        "throughput_per_h", "mtbf_min",
    }  # fmt: skip
    if needs_apt and sums.unknown_downtime:
        return DOWNTIME_UNKNOWN
    if sums.unknown_pq or sums.unknown_gq or sums.unknown_sq:
        return COUNT_UNKNOWN
    if key in {"oee", "effectiveness", "quality_ratio"} and sums.missing_pri:
        return NO_IDEAL_CYCLE
    if needs_apt:
        return NEVER_PRODUCING
    return NOTHING_MADE
