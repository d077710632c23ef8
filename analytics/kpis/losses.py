"""Where planned busy time went that made no good piece (TPM's losses as far as sums tell them)."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.kpis.rollup import Sums


@dataclass(frozen=True, slots=True)
class Losses:
    """Seconds. They add up to PBT − PRI × GQ.

    `stops` are delays of the machine's threshold and longer, `untold` is submitted downtime whose
    kind nobody knows, `speed` is APT − PRI × PQ (below 0: faster than the ideal speed that is set),
    `defects` PRI × (PQ − GQ), start-up rejects among them.
    """

    stops: float
    minor_stops: float
    untold: float
    changeover: float
    idle: float
    speed: float
    defects: float


def lost_s(sums: Sums) -> float | None:
    """PBT − PRI × GQ, which is PBT × (1 − OEE); None where OEE is undefined."""
    if not sums.records or not sums.pbt_s or sums.unknown_gq or sums.missing_pri:
        return None
    return sums.pbt_s - sums.ideal_good_s


def losses(sums: Sums, *, untold_s: float) -> Losses | None:
    """`untold_s` are the seconds of delay that no stop tells of. None where a part is unknown."""
    if lost_s(sums) is None or sums.unknown_pq or sums.unknown_downtime:
        return None
    return Losses(
        stops=sums.repair_s,
        minor_stops=sums.adet_s - sums.repair_s - untold_s,
        untold=untold_s,
        changeover=sums.aust_s,
        idle=sums.adot_s,
        speed=sums.apt_s - sums.ideal_produced_s,
        defects=sums.ideal_produced_s - sums.ideal_good_s,
    )
