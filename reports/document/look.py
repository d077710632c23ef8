"""What the classes of our figures look like on white paper, as attributes of SVG.

Renderers of PDF give an inline SVG none of the page's style sheet, so each shape carries its own.
"""

from __future__ import annotations

from collections.abc import Collection

INK, MUTED, LINE = "#1d2126", "#525a63", "#c9ccd1"
RUNNING, IDLE, DOWN, AMBER, AMBER_TEXT = "#7f8c96", "#c3c8cd", "#b3261e", "#b38600", "#8a6a00"
VIOLET, PREDICTED, BAND_80, BAND_95 = "#5b5bd6", "#2c5f8a", "#b9cfe2", "#dfe9f2"
PAPER = "#ffffff"
FONT = "AMIS Sans, AMIS Sans Ext, sans-serif"
TEXT = {"fill": MUTED, "font-size": "11", "font-family": FONT}
"""Of every text, before its classes."""


def _fill(colour: str) -> dict[str, str]:
    return {"fill": colour}


def _stroke(colour: str, width: float = 1, dashes: str = "") -> dict[str, str]:
    look = {"stroke": colour, "stroke-width": f"{width:g}", "fill": "none"}
    return {**look, "stroke-dasharray": dashes} if dashes else look


# In order: a later one that fits as well wins.
LOOKS: tuple[tuple[str, dict[str, str]], ...] = (
    ("running", _fill(RUNNING)), ("slow", _fill(AMBER)), ("down", _fill(DOWN)),
    ("planned", _fill(IDLE)), ("idle", _fill(IDLE)),
    ("changeover", {**_stroke(VIOLET, 0.75), "fill": PAPER}),
    ("hatch", _stroke(VIOLET, 2)), ("no_data", _stroke(MUTED, 1, "2 2")),
    ("axis", _stroke(LINE)), ("grid", _stroke(LINE, 0.75)), ("divider", _stroke(MUTED)),
    ("now", _stroke(INK, 2)), ("now-head", _fill(INK)), ("tick", _stroke(INK, 2)),
    ("tick thin", _stroke(MUTED, 1.25)), ("curve", _stroke(INK, 2)),
    ("curve thin", _stroke(INK, 1.25)), ("target", _stroke(MUTED, 1.5, "4 3")),
    ("target thin", _stroke(MUTED, 1, "4 3")), ("dot", _fill(INK)),
    ("bar-value", _fill(MUTED)), ("bar-rest", _fill("#e4e7ea")), ("bar-bad", _fill(DOWN)),
    ("bar-open", {**_stroke(INK, 1.5), "fill": PAPER}), ("bar-slow", _fill(AMBER)),
    ("bar-predicted", _fill(PREDICTED)), ("bar-worse", _fill(AMBER)), ("bar-good", _fill(RUNNING)),
    ("pause", {**_fill(IDLE), "fill-opacity": "0.35"}), ("ground", _fill("none")),
    ("backing", _fill(PAPER)),
    ("band-80", _fill(BAND_80)), ("band-95", _fill(BAND_95)),
    ("median", _stroke(PREDICTED, 2, "4 3")), ("threshold", _stroke(MUTED, 1.5, "2 3")),
    ("range-95", _stroke(PREDICTED, 2)), ("range-80", _fill(PREDICTED)),
    ("range-promised", _fill(BAND_80)), ("ring", {**_stroke(PREDICTED, 2), "fill": PAPER}),
    ("ring naive", {**_stroke(MUTED, 2), "fill": PAPER}),
    ("ring odd", {**_stroke(AMBER, 2), "fill": PAPER}), ("ours", _fill(PREDICTED)),
    ("met", {**_fill(PREDICTED), "fill-opacity": "0.45"}), ("spread", _stroke(PREDICTED, 2)),
    ("flag", _fill(AMBER)), ("span", _stroke(IDLE, 4)), ("cut", _stroke(PAPER, 3)),
    ("member-1", _stroke(PREDICTED, 2)), ("member-2", _stroke(INK, 1.5, "5 3")),
    ("member-3", _stroke(AMBER, 1.5)), ("member-4", _stroke(MUTED, 1.25, "1.5 2.5")),
)  # fmt: skip
WORDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("strong", {"fill": INK, "font-weight": "600"}), ("predicted", _fill(PREDICTED)),
    ("odd", _fill(AMBER_TEXT)), ("tiny", {"font-size": "11"}),
)  # fmt: skip


def look_of(tag: str, classes: Collection[str]) -> dict[str, str]:
    """The attributes of a shape or a text with these classes."""
    is_text = tag == "text"
    look = dict(TEXT) if is_text else {}
    for names, attributes in WORDS if is_text else LOOKS:
        if set(names.split()) <= set(classes):
            look |= attributes
    return look
