"""What a figure of prediction shows, in one sentence; the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from analytics.figures.names import spoken
from analytics.figures.reliability import touches
from analytics.ml.reliability import FEWEST, wilson
from analytics.selectors.evidence_shapes import Evidence, ReliabilityBin, RiskLevel, TrackRecord
from analytics.selectors.outlook_shapes import ForecastOutlook, MachineRisk, ShiftTotal, WeekScore
from analytics.templatetags.figures import NO_BREAK, minutes, percent, pieces
from analytics.templatetags.predictions import amount, with_unit

LIKELY = 0.5
FEW = 6
"""So many machines' minutes are written out as a sum."""
WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
SATURDAY = WEEKDAYS = 5
STEADY = 0.1
"""A relative change below this is no trend."""
ALIKE = 0.05
"""Nor are weekends told apart that differ by less."""


def risk_found(machines: Sequence[MachineRisk], total: ShiftTotal | None = None) -> str:
    """Who is likely to stand, and how many minutes all are expected to lose."""
    likely = sum(one.p_downtime_30 >= LIKELY for one in machines)
    of = f"{_count(likely)} of {_count(len(machines)).lower()} machines"
    verb = "is" if likely == 1 else "are"
    first = (
        f"No machine of {len(machines)} is likely to lose 30 minutes or more."
        if not likely
        else f"{of} {verb} likely to lose 30 minutes or more."
    )
    expected = sum(one.expected_min for one in machines)
    whole = f"{first} Together they are expected to lose {minutes(expected)}"
    return f"{whole}{_parts(machines, expected)}{_within(total)}."


def _within(total: ShiftTotal | None) -> str:
    if total is None:
        return ""
    between = f"{pieces(total.lo80)} and {pieces(total.hi80)}"
    return f"; with a chance of 80{NO_BREAK}% between {between}, median {pieces(total.median_min)}"


def _parts(machines: Sequence[MachineRisk], total: float) -> str:
    rounded = [round(one.expected_min) for one in machines]
    if not 1 < len(rounded) <= FEW or sum(rounded) != round(total):
        return ""
    return f" ({' + '.join(pieces(value) for value in rounded)})"


def _count(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)


def reliability_found(bins: Sequence[ReliabilityBin]) -> str:
    """Whether chances come true within sampling error."""
    shifts = sum(one.n for one in bins)
    missed = [one for one in bins if not touches(one)]
    if not bins:
        return "No chance has been held against the truth yet."
    if not missed:
        said = f"Yes, within sampling error: all {len(bins)} groups touch the diagonal."
    else:
        worst = max(missed, key=lambda one: abs(one.observed - one.predicted))
        said = (
            f"Not everywhere: {len(bins) - len(missed)} of {len(bins)} groups touch the diagonal; "
            f"of chances near {percent(worst.predicted)} came true {percent(worst.observed)}."
        )
    return f"{said} Dot size is the number of shifts, {pieces(shifts)} in all."


def track_found(track: TrackRecord, naive_name: str) -> str:
    """Our mean error beside the naive one, and how many misses were beyond the range."""
    if track.mae_min is None:
        return "No shift that was predicted has ended yet."
    beyond = sum(one.beyond for one in track.shifts)
    said = f"{pieces(len(track.shifts))} shifts. Mean error {track.mae_min:,.1f}{NO_BREAK}min"
    if track.naive_mae_min is not None:
        said += f"; by “{spoken(naive_name)}” it would be {track.naive_mae_min:,.1f}"
    misses = "miss" if beyond == 1 else "misses"
    return f"{said}. {_count(beyond)} {misses} beyond the 95{NO_BREAK}% range."


def levels_found(levels: Sequence[RiskLevel]) -> str:
    """Whether the observed share rises with the level and keeps its promise."""
    seen = [one for one in levels if one.observed is not None]
    low_first = sorted(seen, key=lambda one: one.low)
    shares = [one.observed or 0.0 for one in low_first]
    rises = all(a < b for a, b in pairwise(shares))
    inside = [one for one in seen if one.low <= (one.observed or 0.0) <= one.high]
    kept = [one for one in seen if _keeps_promise(one)]
    first = "Share of shifts that lost 30 min or more."
    if not seen:
        return f"{first} None was graded yet."
    way = "It rises with every level" if rises else "It does not rise with every level"
    few = f" A level of fewer than {FEWEST} shifts is told with its neighbour."
    merged = few if any(one.also for one in seen) else ""
    if len(kept) == len(seen):
        luck = "" if inside == kept else ", within sampling error"
        return f"{first} {way} and stays in the promised range{luck}.{merged}"
    return f"{first} {way}; {len(kept)} of {len(seen)} levels stay in the promised range.{merged}"


def _keeps_promise(one: RiskLevel) -> bool:
    """Whether the promised range and the sampling error of what was observed touch."""
    low, high = wilson(round((one.observed or 0.0) * one.shifts), one.shifts)
    return low <= one.high and high >= one.low


def serving_found(evidence: Evidence) -> str:
    """What serves and by how much it beats the naive answer; the guard's own sentence follows."""
    if evidence.skill_vs_naive is None or evidence.served != "model":
        return evidence.guard
    skill = round(evidence.skill_vs_naive * 100)
    words = "better" if skill >= 0 else "worse"
    said = f"{abs(skill)}{NO_BREAK}% {words} than “{spoken(evidence.naive_name)}”."
    return f"{said} {evidence.guard}".strip()


def forecast_found(found: ForecastOutlook) -> str:
    """Weekdays against weekends, and whether the weeks to come rise or fall."""
    known = [
        (day, value)
        for day, value in zip(found.dates, found.quantiles["0.5"], strict=True)
        if value is not None and day not in found.closed
    ]
    work = [value for day, value in known if day.weekday() < SATURDAY]
    rest = [value for day, value in known if day.weekday() >= SATURDAY]
    if not known:
        return "No day to come is planned to be worked."
    unit = found.unit
    if work and rest and abs(median(rest) - median(work)) <= ALIKE * abs(median(work)):
        said = f"Weekdays and weekends alike stay near {with_unit(median(work), unit)}."
    elif work and rest:
        usual = f"Weekdays stay near {with_unit(median(work), unit)}, weekends near "
        said = f"{usual}{amount(median(rest), unit)}."
    else:
        said = f"Days stay near {with_unit(median([value for _, value in known]), unit)}."
    return f"{said} {_trend(work)}".strip()


def _trend(work: Sequence[float]) -> str:
    """The first five weekdays against the last five, where a third week lies between."""
    if len(work) < 3 * WEEKDAYS:
        return ""
    first, last = sum(work[:WEEKDAYS]), sum(work[-WEEKDAYS:])
    if not first or abs(last / first - 1) < STEADY:
        return "No trend up or down."
    way = "higher" if last > first else "lower"
    return f"Weekdays end {abs(round((last / first - 1) * 100))}{NO_BREAK}% {way} than they begin."


def members_found(found: ForecastOutlook) -> str:
    """What serves, and how it did in the backtest beside the yardstick."""
    serving = next((one for one in found.members if one.serves), None)
    origins = f"Backtest on {found.origins} rolling origins."
    if serving is None or serving.against_naive is None:
        return f"{origins} {found.reason}".strip()
    side = "below" if serving.against_naive < 0 else "above"
    words = f"{abs(round(serving.against_naive * 100))}{NO_BREAK}% {side} seasonal naive"
    return f"{origins} {spoken(serving.name)} serves: its WIS is {words}. {found.reason}".strip()


def weeks_found(weeks: Sequence[WeekScore]) -> str:
    """How often ours was the better one and how often the bands held."""
    if not weeks:
        return "No week of forecasts has met the truth yet."
    better = sum(one.mae < one.naive_mae for one in weeks)
    days = sum(one.days for one in weeks)
    held = [sum(one.in_80 for one in weeks), sum(one.in_95 for one in weeks)]
    share = [f"{count} ({round(count / days * 100)}{NO_BREAK}%)" for count in held]
    first = f"Better than seasonal naive in {better} of {len(weeks)} weeks."
    bands = f"{share[0]} of {days} days fell inside the 80{NO_BREAK}% band"
    return f"{first} {bands}, {share[1]} inside the 95{NO_BREAK}%."
