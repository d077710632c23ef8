"""A report as HTML for paper: templates filled with words, figures put in, nothing else linked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from amis.marked import _
from production.figures.svg import box, svg
from reports.document import words
from reports.document.chapters import chapters
from reports.document.charts import WIDE
from reports.document.content import Content
from reports.document.first_page import (
    LONG,
    MOST,
    MOST_AT_RISK,
    SHORT,
    bars,
    cards,
    compared_with,
    has_many,
    is_dense,
    risk_axis,
    risk_lines,
    strips,
    title_of_actions,
)
from reports.document.fixed import fixed
from reports.document.marks import BRAND, KEYS, key, sign

FOLDER = Path(__file__).resolve().parent
KINDS = {"daily": _("AMIS daily report"), "weekly": _("AMIS weekly report"),
         "custom": _("AMIS custom report")}  # fmt: skip
TALL, LOW = (22.0, 42.0), (14.0, 33.0)
"""Pixels of a strip and of a row of risk: of few machines, of more."""


def report_html(content: Content, drawn: dict[str, str]) -> str:
    """`drawn` are the charts by name. All text is escaped; figures escaped theirs when drawn."""
    page = _environment(content).get_template("report.html")
    return page.render(**_everywhere(content), **_first_page(content), **chapters(content, drawn))


def _environment(content: Content) -> Environment:
    zone = content.head.zone
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    filters: dict[str, Callable[..., Any]] = {
        "percent": words.percent, "pieces": words.pieces, "minutes": words.minutes,
        "quantity": words.quantity, "bare": words.bare, "cut": words.cut,
        "short_name": words.short_name,
        "day": words.day, "drawn": Markup, "moment": lambda when: words.moment(when, zone),
        "clock": lambda when: words.clock(when, zone), "one_decimal": words.one_decimal,
        "number": words.number,
    }  # fmt: skip
    made.filters.update(filters)
    made.globals["_"] = _
    return made


def _everywhere(content: Content) -> dict[str, Any]:
    head = content.head
    return {
        "content": content, "head": head, "title": title_of(content),
        "kind_of_report": KINDS[head.kind],
        "style": Markup((FOLDER / "report.css").read_text(encoding="utf-8")),
        "missing": lambda chapter: why_missing(content, chapter),
        "sign": lambda name, said: Markup(sign(name, said)),
        "key": lambda said, colour: Markup(key(said, colour)),
    }  # fmt: skip


def title_of(content: Content) -> str:
    """Chicago, Wednesday 18 November 2026."""
    head = content.head
    return f"{head.plant_name}, {words.days(head.first_day, head.last_day)}"


def why_missing(content: Content, chapter: str) -> str:
    return content.missing.get(chapter) or _("There is no data for this in the window.")


def _first_page(content: Content) -> dict[str, Any]:
    head, shift = content.head, content.next_shift
    shown = content.machines[:MOST]
    many = has_many(content)
    losses, share = content.losses, content.completeness.share
    lost = losses.lost_min / losses.busy_min if losses.lost_min and losses.busy_min else None
    return {
        "span": words.span(head.start, head.end, head.zone),
        "made": words.made(head.made_at, head.zone),
        "compared": compared_with(content), "brand": Markup(BRAND), "keys": KEYS,
        "cards": cards(content),
        "strips": strips(content, shown, height=(LOW if many else TALL)[0]),
        "dense": is_dense(content), "short": SHORT if many else LONG,
        "left_out": len(content.machines) - len(shown),
        "bars": bars(content), "lost_share": lost, **_risk(content),
        "shift": shift, "actions_title": title_of_actions(content),
        "whole_bar": _whole_bar(share) if share is not None else "",
    }  # fmt: skip


def _risk(content: Content) -> dict[str, Any]:
    shift = content.next_shift
    if shift is None:
        return {"risk": [], "tight": False, "axis": "", "shift_title": ""}
    rows, tight = shift.rows[:MOST_AT_RISK], has_many(content)
    zone = content.head.zone
    return {
        "risk": risk_lines(shift, rows, height=(LOW if tight else TALL)[1]),
        "tight": tight,
        "axis": risk_axis(shift) if rows else "",
        "shift_title": _("Risk, %(shift)s %(day)s %(start)s–%(end)s")
        % {
            "shift": shift.name,
            "day": _when(shift.start, content),
            "start": words.clock(shift.start, zone),
            "end": words.clock(shift.end, zone),
        },
    }


def _when(start: datetime, content: Content) -> str:
    """The day of a shift as seen when the report was made."""
    zone = ZoneInfo(content.head.zone)
    on, today = start.astimezone(zone).date(), content.head.made_at.astimezone(zone).date()
    return _("today") if on == today else words.day(on)


def _whole_bar(share: float) -> str:
    parts = [box(0, 0, 1, 8, "bar-rest"), box(0, 0, min(share, 1.0), 8, "bar-value")]
    title = _("Data tells of %(share)s of the planned busy time") % {"share": words.percent(share)}
    return fixed(svg(height=8, title=title, parts=parts, css="fig"), width=WIDE)
