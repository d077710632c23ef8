"""The state strip: the taller, the worse, so that it can be read in grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from production.figures.svg import WIDE, at, box, line, stretched, svg, text

HEIGHTS = {
    "planned": 0.17,
    "idle": 0.17,
    "running": 0.54,
    "slow": 0.78,
    "down": 1.0,
    "changeover": 1.0,
    "no_data": 1.0,
}
HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="hatch"/>'
    "</pattern></defs>"
)
HEAD, NAMES, FOOT = 6.0, 14.0, 18.0
"""Pixels for the mark of now, for names above and for the axis below."""
NARROWEST_S, NARROWEST = 45.0, (0.0006, 0.0015)
"""A stop of seconds can still be seen: it is drawn as if it lasted so long, within these shares."""
ROOM = 0.15
"""A name that has less gives way on a phone."""
EDGE = 0.02
"""Labels nearer to an end than this share turn inwards."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Epoch seconds and one of the kinds in HEIGHTS."""

    start: float
    end: float
    kind: str


def strip(
    stretches: Sequence[Stretch],
    *,
    start: float,
    end: float,
    now: float | None,
    ticks: Sequence[tuple[float, str]],
    title: str,
    names: Sequence[tuple[float, str]] = (),
    height: float = 24,
    foot: float = FOOT,
) -> str:
    """One `<path>` a kind; the time to come stays empty. `ticks` and `names` (of shifts, above
    the strip from their start on) are (epoch second, label); without ticks less `foot` will do.
    """

    def share(moment: float) -> float:
        return (moment - start) / max(end - start, 1e-9)

    narrowest = min(max(NARROWEST_S / max(end - start, 1e-9), NARROWEST[0]), NARROWEST[1])
    top = HEAD + (NAMES if names else 0.0)
    base = top + height
    paths: dict[str, list[str]] = {}
    hatched = []
    for one in merged(stretches):
        x, wide = share(one.start), max(share(one.end) - share(one.start), narrowest)
        y = base - height * HEIGHTS[one.kind]
        if one.kind == "changeover":
            hatched.append(box(x, y, wide, base - y, "changeover"))
            continue
        paths.setdefault(one.kind, []).append(
            f"M{x * WIDE:.1f} {y:.1f}h{wide * WIDE:.1f}V{base:.1f}h-{wide * WIDE:.1f}z"
        )
    shapes = [f'<path class="{kind}" d="{"".join(d)}"/>' for kind, d in sorted(paths.items())]
    parts = [HATCH, stretched(shapes, height=base), *hatched, line(0, base, 1, base, "axis")]
    parts += [label(share(moment), base + 15, words, n) for n, (moment, words) in enumerate(ticks)]
    ends = [share(moment) for moment, _ in [*names[1:], (end, "")]]
    for (moment, words), until in zip(names, ends[: len(names)], strict=True):
        x = max(share(moment), 0.0)
        if x > 0:
            parts.append(line(x, 0, x, base, "divider"))
        css = "minor" if until - x < ROOM else ""
        parts.append(
            at(x, [f'<text x="{6 if x > 0 else 0}" y="12" class="{css}">{escape(words)}</text>'])
        )
    if now is not None and start <= now <= end:
        x = share(now)
        parts.append(line(x, top - HEAD + 2, x, base, "now"))
        parts.append(at(x, [f'<path class="now-head" d="M-4 {top - HEAD:g}h8l-4 5z"/>']))
    return svg(height=base + foot, title=title, parts=parts, css="fig strip")


def label(x: float, y: float, words: str, n: int = 0) -> str:
    """A label of a time axis; every second one gives way where there is little room."""
    anchor = "start" if x < EDGE else "end" if x > 1 - EDGE else "middle"
    return text(min(max(x, 0.0), 1.0), y, words, anchor=anchor, css="minor" if n % 2 else "")


def merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Equal neighbours as one, so that the browser draws a few shapes and not hundreds."""
    joined: list[Stretch] = []
    for one in stretches:
        if joined and joined[-1].kind == one.kind and one.start - joined[-1].end < 1e-6:
            joined[-1] = Stretch(joined[-1].start, one.end, one.kind)
        else:
            joined.append(one)
    return joined
