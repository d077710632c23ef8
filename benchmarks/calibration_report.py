"""The tables of a calibration, and whether what was promised was kept."""

from __future__ import annotations

from analytics.ml.reliability import FEWEST
from benchmarks.calibration_scores import (
    Coverage,
    Graded,
    Share,
    confidence_bins,
    confidence_rank,
    coverage,
    never_said,
    rises_strictly,
    risk_levels,
)
from benchmarks.downtime_gates import COVERAGE, SPEARMAN
from benchmarks.figure import table

LEAST80, LEAST95, LEAST95_DOWN = (
    COVERAGE["all 80"],
    COVERAGE["all 95"],
    COVERAGE["down at start 95"],
)
GROUPS = ("shifts", "n", "cov80", "95 % range", "cov95", "95 % range", "")
BINS = ("confidence", "n", "said", "observed", "95 % range")
RISKS = ("risk", "n", "said", "≥ 30 min", "95 % range")


def report(graded: Graded) -> tuple[list[str], bool]:
    """The tables, and whether every limit holds. A group of fewer than 20 shifts has no limit; one
    whose range reaches the limit may have missed it by chance.
    """
    groups, levels = coverage(graded), risk_levels(graded)
    bins, merged = confidence_bins(graded)
    rank, rising = confidence_rank(graded), rises_strictly(levels)
    ranked = rank <= SPEARMAN
    lines = [
        *table([GROUPS, *map(_group, groups)]),
        "",
        *table([BINS, *map(_share, bins)]),
        *merged,
        "",
        *table([RISKS, *map(_share, levels)]),
        f"observed share rises strictly over these levels: {'yes' if rising else 'NO'}",
        *(f"{name}: never said" for name in never_said(levels)),
        "",
        f"Spearman(confidence, |error|) {rank:.3f}, limit {SPEARMAN}: {_kept(ranked)}",
    ]
    return lines, rising and ranked and "below" not in map(verdict, groups)


def verdict(one: Coverage) -> str:
    """Against the limits; shifts with downtime have none, since what is said is of all shifts."""
    if one.of80.shifts < FEWEST:
        return f"fewer than {FEWEST}"
    if one.name.startswith("with downtime"):
        return "shown"
    down = one.name.startswith("down")
    limits = [(one.of95, LEAST95_DOWN)] if down else [(one.of80, LEAST80), (one.of95, LEAST95)]
    if all(share.observed >= least for share, least in limits):
        return "in band"
    by_chance = all(share.range95[1] >= least for share, least in limits)
    return "below, by chance" if by_chance else "below"


def _group(one: Coverage) -> tuple[str, ...]:
    cells = [one.name, str(one.of80.shifts)]
    for share in (one.of80, one.of95):
        cells += [f"{share.observed:.3f}", _range(share)]
    return (*cells, verdict(one))


def _share(one: Share) -> tuple[str, ...]:
    return (one.name, str(one.shifts), f"{one.said:.3f}", f"{one.observed:.3f}", _range(one))


def _kept(is_kept: bool) -> str:  # noqa: FBT001
    return "kept" if is_kept else "NOT kept"


def _range(share: Share) -> str:
    low, high = share.range95
    return f"{low:.2f}–{high:.2f}"
