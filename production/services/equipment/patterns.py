"""Shift patterns of the equipment file, each fault on the line of its shift or break."""

from __future__ import annotations

from amis.errors import Invalid
from production.services.equipment.lined import Item
from production.services.equipment.rows import Row
from production.shopfloor.shifts import BreakTime, ShiftTime, WeekPattern, validate_pattern

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_DAYS = {
    "monday": "mon",
    "tuesday": "tue",
    "wednesday": "wed",
    "thursday": "thu",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
}
PATTERN = ("name", "days", "shifts", "breaks")


def pattern_row(item: Item) -> Row:
    name = item.text("name", required=True, longest=100)
    days = [word.lower() for word in item.texts("days")]
    days = [LONG_DAYS.get(word, word) for word in days]
    for day in set(days) - set(DAYS):
        item.fault("days", f"days: {day!r} is not one of {', '.join(DAYS)}.")
    if not days:
        item.fault("days", "days: name at least one.")
    shifts: list[dict[str, str]] = []
    breaks: list[dict[str, str]] = []
    for one in item.items("shifts", ("name", "start", "end")):
        shift = {"name": one.text("name", required=True, longest=100), **_span(one)}
        if all(shift.values()) and _fits(one, shifts=[*shifts, shift], breaks=[]):
            shifts.append(shift)
    for one in item.items("breaks", ("start", "end")):
        pause = _span(one)
        if all(pause.values()) and _fits(one, shifts=shifts, breaks=[pause]):
            breaks.append(pause)
    if not item.has("shifts"):
        item.fault("shifts", "shifts is missing.")
    ordered = [day for day in DAYS if day in days]
    fields = {"name": name, "days": ordered, "shifts": shifts, "breaks": breaks}
    return Row(item.line, name, fields)


def _span(item: Item) -> dict[str, str]:
    return {key: item.text(key, required=True) for key in ("start", "end")}


def _fits(item: Item, *, shifts: list[dict[str, str]], breaks: list[dict[str, str]]) -> bool:
    """Whether the pattern holds with this shift or break in it; a fault stands on its line."""
    try:
        check_pattern(days=[*DAYS], shifts=shifts, breaks=breaks)
    except Invalid as error:
        item.note(item.line, error.message)
        return False
    return True


def check_pattern(
    *, days: list[str], shifts: list[dict[str, str]], breaks: list[dict[str, str]]
) -> None:
    """Raise Invalid unless a calendar can be made of these stored forms."""
    if set(days) - set(DAYS):
        raise Invalid(f"days: choose from {', '.join(DAYS)}.")
    validate_pattern(
        WeekPattern(
            days=frozenset(DAYS.index(day) for day in days),
            shifts=tuple(ShiftTime(s["name"], s["start"], s["end"]) for s in shifts),
            breaks=tuple(BreakTime(b["start"], b["end"]) for b in breaks),
        )
    )
