"""ISO 22400-2 ratios. Seconds and pieces in, ratios 0..1 out; None where a ratio is not defined.

Formulas after OPC 40501-1 v1.01 Annex C, which cites ISO 22400-2:2014.
"""

from __future__ import annotations


def availability(*, apt: float | None, pbt: float) -> float | None:
    """APT / PBT; None when nothing was planned or the downtime is unknown."""
    return ratio(apt, pbt)


def effectiveness(*, ideal_produced: float | None, apt: float | None) -> float | None:
    """PRI × PQ / APT, shown as "Performance". May exceed 1 when the ideal cycle is set too slow."""
    return ratio(ideal_produced, apt)


def quality_ratio(*, ideal_good: float | None, ideal_produced: float | None) -> float | None:
    """GQ / PQ of one machine; Σ(PRI × GQ) / Σ(PRI × PQ) over several, so that A × E × Q = OEE."""
    return ratio(ideal_good, ideal_produced)


def oee(*, ideal_good: float | None, pbt: float) -> float | None:
    """PRI × GQ / PBT, which is availability × effectiveness × quality ratio."""
    return ratio(ideal_good, pbt)


def yield_ratio(*, gq: float | None, pq: float | None) -> float | None:
    """GQ / PQ in pieces."""
    return ratio(gq, pq)


def defect_rate(*, sq: float | None, pq: float | None) -> float | None:
    """SQ / PQ in pieces (ISO 22400 scrap ratio)."""
    return ratio(sq, pq)


def setup_rate(*, aust: float, apt: float | None) -> float | None:
    """AUST / (AUST + APT)."""
    return None if apt is None else ratio(aust, aust + apt)


def technical_efficiency(*, apt: float | None, adet: float | None) -> float | None:
    """APT / (APT + ADET)."""
    return None if apt is None or adet is None else ratio(apt, apt + adet)


def throughput_per_h(*, pq: float | None, apt: float | None) -> float | None:
    """PQ / APT in pieces an hour."""
    per_second = ratio(pq, apt)
    return None if per_second is None else per_second * 3600


def mtbf_min(*, apt: float | None, failures: int) -> float | None:
    """Operating time / failures in minutes; a failure is a delay that is not a minor stop."""
    return None if apt is None or not failures else apt / 60 / failures


def mttr_min(*, repair: float, failures: int) -> float | None:
    """Repair time / failures in minutes."""
    return repair / 60 / failures if failures else None


def teep(*, ideal_good: float | None, calendar_s: float) -> float | None:
    """OEE × PBT / calendar time (not ISO)."""
    return ratio(ideal_good, calendar_s)


def ratio(part: float | None, whole: float | None) -> float | None:
    """part / whole; None when either is unknown or the whole is 0."""
    return None if part is None or not whole else part / whole
