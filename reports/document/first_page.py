"""What the first page says, short enough to be one page whatever the plant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amis.marked import _
from analytics.figures.frame import whole
from analytics.figures.whisker import marks_of, whisker, whisker_axis
from production.figures.strip import FOOT, strip
from production.figures.svg import box, svg
from reports.document.content import Content, Kpi, Loss, MachineDay
from reports.document.fixed import fixed
from reports.document.outlook import NextShift, RiskRow
from reports.document.thin import thinned
from reports.document.words import MINUS, UNKNOWN, cut, difference, figure, minutes

MOST, MOST_AT_RISK, FEW = 6, 5, 3
"""Machines that the page shows, worst first; up to so few have more room."""
STRIP, WHISKER, BAR = 500.0, 140.0, 100.0
BLEED = 8.0
DETAIL = 56
LONG = {"sentence": 215, "risk": 250, "ahead": 165, "what": 108, "data": 260}
SHORT = {"sentence": 215, "risk": 170, "ahead": 115, "what": 58, "data": 200}
"""Letters that have room: of few machines, of more."""
ONE_LINE, MOST_DETAILS, SHORT_NAME = 64, 3, 4
COUNTS = (_("No action"), _("One action"), _("Two actions"), _("Three actions"))
UNITS = {"ratio": "%", "minutes": "min", "pieces": ""}
COLOURS = {"stops": "bar-bad", "changeover": "changeover", "speed": "bar-slow", "minor": "bar-slow"}


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure and the two lines under it."""

    label: str
    number: str
    unit: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Strip:
    name: str
    svg: str
    oee: float | None
    lost: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A loss with its bar and its share of the planned busy time."""

    loss: Loss
    detail: str
    svg: str
    share: float | None


@dataclass(frozen=True, slots=True)
class RiskLine:
    row: RiskRow
    word: str
    svg: str
    median: str
    range: str


def has_many(content: Content) -> bool:
    """More machines than have room at ease."""
    at_risk = content.next_shift.rows if content.next_shift else ()
    return max(len(content.machines), len(at_risk)) > FEW


def is_dense(content: Content) -> bool:
    """Whether air has to give way to words."""
    return has_many(content) or any(len(one.what) > ONE_LINE for one in content.actions)


def cards(content: Content) -> list[Card]:
    return [_card(kpi) for kpi in content.kpis]


def _card(kpi: Kpi) -> Card:
    if kpi.value is None:
        return Card(kpi.label, UNKNOWN, "", cut(kpi.note or _("not known"), 40), "")
    first = kpi.note
    if kpi.target is not None and not first:
        gap = difference(kpi.value, kpi.target, kpi.kind)
        words = {"gap": gap, "target": figure(kpi.target, kpi.kind)}
        first = _("%(gap)s to target %(target)s") % words
    second = ""
    if kpi.before is not None:
        gap = difference(kpi.value, kpi.before, kpi.kind)
        is_up = gap.startswith("+")
        verdict = _("better") if is_up == kpi.higher_is_better else _("worse")
        words = {"gap": gap, "day": kpi.before_name}
        when = _("%(gap)s on %(day)s") % words if is_short(kpi.before_name) else gap
        second = when + ("" if gap.startswith("±") else f", {verdict}")
    number = figure(kpi.value, kpi.kind)
    return Card(
        kpi.label, number, UNITS[kpi.kind], cut(first or _("no target"), 40), cut(second, 40)
    )


def is_short(before_name: str) -> bool:
    """Whether a card has room for what it compares with ("Tue"); else the head of the page says."""
    return len(before_name) <= SHORT_NAME


def compared_with(content: Content) -> str:
    """The window before in words, where the cards have no room for it."""
    names = {kpi.before_name for kpi in content.kpis if kpi.before is not None}
    name = min(names, default="")
    return "" if is_short(name) else _("Compared with %(when)s") % {"when": name}


def strips(content: Content, machines: Sequence[MachineDay], *, height: float) -> list[Strip]:
    """The axis stands under the last one."""
    last = len(machines) - 1
    return [_strip(content, one, height, is_last=n == last) for n, one in enumerate(machines)]


def _strip(content: Content, one: MachineDay, height: float, *, is_last: bool) -> Strip:
    head = content.head
    start, end = head.start.timestamp(), head.end.timestamp()
    drawn = strip(
        thinned(one.stretches, start=start, end=end, most=int(STRIP)),
        start=start,
        end=end,
        now=None,
        ticks=content.ticks if is_last else (),
        title=_("States of %(name)s over time; %(lost)s were lost")
        % {"name": one.machine_name, "lost": minutes(one.lost_min)},
        height=height,
        foot=FOOT if is_last else 2.0,
    )
    lost = UNKNOWN if one.lost_min is None else f"{MINUS}{minutes(one.lost_min)}"
    return Strip(one.machine_name, fixed(drawn, width=STRIP), one.oee, lost)


def bars(content: Content) -> list[Bar]:
    losses = content.losses
    longest = max((row.minutes or 0.0 for row in losses.rows), default=0.0) or 1.0
    told = []
    for n, row in enumerate(losses.rows):
        detail = cut(row.detail, DETAIL) if n < MOST_DETAILS else ""
        share = row.minutes / losses.busy_min if row.minutes and losses.busy_min else None
        width = (row.minutes or 0.0) / longest
        shape = box(0.005, 2, max(width - 0.01, 0.01), 10, COLOURS.get(row.key, "bar-open"))
        title = f"{row.label}: {minutes(row.minutes)}"
        drawn = svg(height=14, title=title, parts=[shape] if row.minutes else [], css="fig")
        told.append(Bar(row, detail, fixed(drawn, width=BAR), share))
    return told


def risk_lines(shift: NextShift, rows: Sequence[RiskRow], *, height: float) -> list[RiskLine]:
    """Whiskers of one scale."""
    marks = _marks(shift)
    told = []
    for row in rows:
        said = row.minutes
        title = _(
            "%(name)s: median %(median)s, 80\u00a0%% range %(lo80)s to %(hi80)s, "
            "95\u00a0%% range %(lo95)s to %(hi95)s"
        ) % {
            "name": row.machine_name, "median": minutes(said.median), "lo80": whole(said.lo80),
            "hi80": whole(said.hi80), "lo95": whole(said.lo95), "hi95": whole(said.hi95),
        }  # fmt: skip
        drawn = whisker(
            row.minutes, marks=marks, threshold=shift.threshold_min, title=title, height=height
        )
        told.append(
            RiskLine(
                row, row.risk.capitalize(), fixed(drawn, width=WHISKER, bleed=BLEED),
                minutes(row.minutes.median), f"{whole(row.minutes.lo80)}–{whole(row.minutes.hi80)}",
            )
        )  # fmt: skip
    return told


def risk_axis(shift: NextShift) -> str:
    marks = _marks(shift)
    drawn = whisker_axis(marks=marks, threshold=shift.threshold_min, unit="min", width=WHISKER)
    return fixed(drawn, width=WHISKER, bleed=BLEED)


def _marks(shift: NextShift) -> list[float]:
    return marks_of((row.minutes for row in shift.rows), threshold=shift.threshold_min)


def title_of_actions(content: Content) -> str:
    count = len(content.actions)
    return COUNTS[count] if count < len(COUNTS) else _("First actions")
