"""The small signs beside words: their shapes differ as their colours do, for grey print."""

from __future__ import annotations

from html import escape

from amis.marked import _
from reports.document.look import AMBER_TEXT, DOWN, IDLE, INK, MUTED, RUNNING, VIOLET

BRAND = (
    '<svg class="brand" width="26" height="22" viewBox="0 0 22 20" role="img" '
    'xmlns="http://www.w3.org/2000/svg"><title>AMIS</title>'
    f'<path fill="{RUNNING}" d="M0 10h6v10H0zM16 7h6v13h-6z"/>'
    f'<path fill="{INK}" d="M8 0h6v20H8z"/></svg>'
)
STEM = "M8 5.5v4M8 11.6v.6"
SHAPES = {
    "critical": (DOWN, f"M5 1.5h6l3.5 3.5v6l-3.5 3.5h-6l-3.5 -3.5v-6z{STEM}"),
    "high": (DOWN, f"M8 2l6.5 12h-13z{STEM}"),
    "medium": (AMBER_TEXT, f"M8 1.5l6.5 6.5l-6.5 6.5l-6.5 -6.5z{STEM}"),
    "low": (MUTED, "M3.5 8h9"),
    "worse": (AMBER_TEXT, f"M8 2l6.5 12h-13z{STEM}"),
    "fine": (INK, "M2.5 8.5l3.5 3.5l7.5 -8"),
    "unknown": (MUTED, "M3.5 8h9"),
}
KEYS = (
    (_("Running"), RUNNING), (_("Slow"), "#b38600"), (_("Down"), DOWN), (_("Changeover"), VIOLET),
    (_("Planned stop"), IDLE), (_("No data"), ""),
)  # fmt: skip
"""Colours of the strips' legend; no data is an outline."""


def sign(name: str, words: str) -> str:
    """`words` are its alternative text."""
    colour, path = SHAPES[name]
    return (
        '<svg class="sign" width="13" height="13" viewBox="0 0 16 16" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(words)}</title>'
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5" '
        'stroke-linejoin="round" stroke-linecap="round"/></svg>'
    )


def key(words: str, colour: str) -> str:
    """A square of a legend; a changeover's is hatched."""
    inside = f'<rect x=".5" y=".5" width="11" height="11" fill="{colour}"/>'
    if colour == VIOLET:
        inside = f'<path d="M0 6L6 0M0 12L12 0M6 12L12 6" stroke="{colour}" stroke-width="2.5"/>'
    elif not colour:
        inside = (
            f'<rect x=".5" y=".5" width="11" height="11" fill="none" stroke="{MUTED}" '
            'stroke-dasharray="2 2"/>'
        )
    return (
        '<svg class="key" width="12" height="12" viewBox="0 0 12 12" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(words)}</title>{inside}</svg>'
    )
