"""What the chapters after the first page need beside the content itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ai_insights.grounding.analysis import PlanItem
from amis.marked import _
from reports.document.charts import NEURAL_AND_PROPHET
from reports.document.content import Content
from reports.document.definitions import DEFINITIONS
from reports.document.first_page import MOST, Strip, strips
from reports.document.fixed import title_of
from reports.document.outlook import Member, MetricForecast
from reports.document.sums import MachineSums

SECTION_TITLES = (
    ("executive_summary", _("Summary")), ("root_cause_analysis", _("Root causes")),
    ("risk_assessment", _("Risk and what it costs")),
    ("what_we_do_not_know", _("What we do not know")),
)  # fmt: skip
WEEK, NAMED = 7, 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Rows that a table shows on paper; the workbook has all."""

    rows: int = 100
    machines: int = 60
    strips: int = 60
    shifts: int = 63
    facts: int = 120
    reasons: int = 15
    days: int = 30
    more_days: int = 7


@dataclass(frozen=True, slots=True)
class ReasonSums:
    reason: str
    machines: str
    count: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Week:
    """A board: (machine, its items of each day)."""

    days: tuple[date, ...]
    machines: tuple[tuple[str, tuple[tuple[PlanItem, ...], ...]], ...]


def chapters(content: Content, drawn: dict[str, str]) -> dict[str, Any]:
    """The names that the templates of the chapters use."""
    limits = Limits()
    return {
        "charts": drawn, "captions": {name: title_of(svg) for name, svg in drawn.items()},
        "limits": limits, "performance": _performance(content, limits),
        "more_strips": _more_strips(content, limits), "reasons": reasons(content)[:limits.reasons],
        "said": content.analysis, "section_titles": SECTION_TITLES, "week": week(content),
        "timelines": [name for name in drawn if name.startswith("anomaly_timeline")],
        "fact_ids": {fact.id for fact in content.facts[:limits.facts]},
        "definitions": DEFINITIONS, "table_members": table_members,
    }  # fmt: skip


def reasons(content: Content) -> list[ReasonSums]:
    """The window's stops by reason, most minutes first."""
    found: dict[str, list[Any]] = {}
    for stop in content.stops:
        found.setdefault(stop.reason, []).append(stop)
    told = [
        ReasonSums(
            reason,
            _named(list(dict.fromkeys(stop.machine_name for stop in stops))),
            len(stops),
            sum(stop.minutes for stop in stops),
        )
        for reason, stops in found.items()
    ]
    return sorted(told, key=lambda row: -row.minutes)


def _named(names: list[str]) -> str:
    """A few names, then how many more."""
    more = len(names) - NAMED
    first = ", ".join(names[:NAMED])
    return _("%(names)s and %(n)d more") % {"names": first, "n": more} if more > 0 else first


def week(content: Content) -> Week:
    """The plan by machine and day, from the day after the window on or the first of the plan."""
    plan = content.analysis.plan if content.analysis else ()
    first = min((item.date for item in plan), default=content.head.last_day + timedelta(days=1))
    days = tuple(first + timedelta(days=n) for n in range(WEEK))
    names = dict.fromkeys((item.machine_id, item.machine_name) for item in plan)
    rows = tuple(
        (name, tuple(_items(plan, machine_id, on) for on in days)) for machine_id, name in names
    )
    return Week(days, rows)


def _items(plan: Sequence[PlanItem], machine_id: str, on: date) -> tuple[PlanItem, ...]:
    return tuple(item for item in plan if item.machine_id == machine_id and item.date == on)


def table_members(forecast: MetricForecast) -> list[Member]:
    """Members whose daily values stand beside the combination's."""
    return [
        member
        for member in forecast.members
        if member.name in NEURAL_AND_PROPHET and len(member.values) == len(forecast.coming)
    ]


def _performance(content: Content, limits: Limits) -> list[MachineSums]:
    """Machines as they come, the plant at the foot."""
    shown = list(content.performance[: limits.machines])
    return [*shown, content.plant] if content.plant else shown


def _more_strips(content: Content, limits: Limits) -> list[Strip]:
    """Those that the first page had no room for."""
    rest = content.machines[MOST : limits.strips]
    return strips(content, rest, height=14.0)
