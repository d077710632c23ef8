"""How numbers read: one rounding everywhere, no-break spaces before units, a real minus sign."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone as clock
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
UNKNOWN = "–"
NO_BREAK = "\u00a0"
MINUS = "\u2212"


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def _absent(value: Any) -> bool:
    """Undefined, or what a template makes of a missing name."""
    return value is None or value == ""


@register.filter
def percent(value: float | None) -> str:
    """0.839 → 83.9 %."""
    return UNKNOWN if _absent(value) else _signed(f"{value * 100:.1f}{NO_BREAK}%")


@register.filter
def percent_figure(value: float | None) -> SafeString | str:
    """A key figure: the unit smaller and grey."""
    if _absent(value):
        return UNKNOWN
    return format_html('{}<span class="unit">{}%</span>', _signed(f"{value * 100:.1f}"), NO_BREAK)


@register.filter
def pieces(value: float | None) -> str:
    return UNKNOWN if _absent(value) else _signed(f"{value:,.0f}")


@register.filter
def minutes(value: float | None) -> str:
    return UNKNOWN if _absent(value) else _signed(f"{value:,.0f}{NO_BREAK}min")


@register.filter
def number(value: Any) -> str:
    """A signal's value: a number with one decimal, anything else as it is."""
    if _absent(value):
        return UNKNOWN
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _signed(f"{value:,.1f}") if is_number else str(value)


@register.filter
def plant_time(value: datetime | str | None, zone: str) -> str:
    """HH:MM in plant time."""
    if not value:
        return UNKNOWN
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


@register.filter
def plant_moment(value: datetime | str | float | None, zone: str) -> SafeString | str:
    """HH:MM in plant time, UTC on hover."""
    if not value:
        return UNKNOWN
    if isinstance(value, float):
        value = datetime.fromtimestamp(value, tz=UTC)
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        f"{utc:%Y-%m-%d %H:%M:%S}",
        plant_time(moment, zone),
    )


@register.filter
def zone_name(value: datetime, zone: str) -> str:
    """The zone's short name at that time."""
    return value.astimezone(ZoneInfo(zone)).strftime("%Z")


@register.filter
def plant_day(value: datetime, zone: str) -> str:
    local = value.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}"


@register.filter
def plant_date(value: datetime, zone: str) -> str:
    """With the year: for what may lie long ago or ahead."""
    return f"{plant_day(value, zone)} {value.astimezone(ZoneInfo(zone)).year}"


@register.filter
def lasting(start: datetime | str | None, end: datetime | None = None) -> str:
    """From `start` until `end` or now: 24 min, 1 h 12 min."""
    if not start:
        return UNKNOWN
    begun = datetime.fromisoformat(start) if isinstance(start, str) else start
    return duration(((end or clock.now()) - begun).total_seconds())


@register.filter
def percent_number(value: float | None) -> str:
    """A percentage whose unit was said before: 83.9."""
    return UNKNOWN if _absent(value) else _signed(f"{value * 100:.1f}")


@register.filter
def duration(seconds: float | None) -> str:
    if _absent(seconds):
        return UNKNOWN
    whole = max(int(seconds), 0)
    if whole < 60:
        return f"{whole}{NO_BREAK}s"
    if whole < 3600:
        return f"{whole // 60}{NO_BREAK}min"
    if whole < 172_800:
        return f"{whole // 3600}{NO_BREAK}h{NO_BREAK}{whole % 3600 // 60:02d}{NO_BREAK}min"
    return f"{whole // 86_400}{NO_BREAK}d"


@register.filter
def hours(seconds: float) -> str:
    """Hours and minutes however many they are, so that sums close: 128 h 20 min."""
    whole = int(seconds)
    if whole < 3600:
        return duration(whole)
    return f"{whole // 3600}{NO_BREAK}h{NO_BREAK}{whole % 3600 // 60:02d}{NO_BREAK}min"


@register.filter
def clock_length(stop: Any) -> str:
    """min:s of a stop."""
    return _clock_length(((stop.end or clock.now()) - stop.start).total_seconds())


@register.filter
def stretch_length(stretch: Any) -> str:
    """min:s of a stretch of a strip."""
    return _clock_length(stretch.end - stretch.start)


def _clock_length(seconds: float) -> str:
    whole = max(int(seconds), 0)
    return f"{whole // 60}:{whole % 60:02d}"


@register.filter
def drawn(svg: str) -> SafeString:
    """A figure of ours; its texts were escaped where it was drawn."""
    return mark_safe(svg)


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="/static/vendor/icons.svg#{}"></use></svg>',
        name,
    )
