"""The few pieces of SVG that every figure is made of.

Across, a position is a share of the figure's width (0..1); down, it is a pixel. So a figure fills
whatever room it gets while its texts, dots and lines keep their size.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

WIDE = 1000.0
"""Units across a `stretched` part, whose shapes follow the width of the figure."""


def svg(*, height: float, title: str, parts: Iterable[str], css: str) -> str:
    """One figure. No style attributes: the pages' content security policy forbids them."""
    return (
        f'<svg class="{css}" width="100%" height="{height:g}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def stretched(parts: Iterable[str], *, height: float) -> str:
    """Paths in units of WIDE × pixels."""
    return (
        f'<svg width="100%" height="{height:g}" viewBox="0 0 {WIDE:g} {height:g}" '
        f'preserveAspectRatio="none" overflow="visible">{"".join(parts)}</svg>'
    )


def inset(parts: Iterable[str], *, left: float, height: float) -> str:
    """A part that leaves `left` pixels to the labels of its axis; amis.css sets its width."""
    return (
        f'<svg class="inset" x="{left:g}" width="88%" height="{height:g}" '
        f'overflow="visible">{"".join(parts)}</svg>'
    )


def at(x: float, parts: Iterable[str]) -> str:
    """Parts in pixels around a place across."""
    return f'<svg x="{_share(x)}" overflow="visible">{"".join(parts)}</svg>'


def text(x: float, y: float, words: str, *, anchor: str = "start", css: str = "") -> str:
    mark = f' class="{css}"' if css else ""
    return f'<text x="{_share(x)}" y="{y:g}" text-anchor="{anchor}"{mark}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line x1="{_share(x1)}" y1="{y1:.1f}" x2="{_share(x2)}" y2="{y2:.1f}" class="{css}"/>'


def box(x: float, y: float, width: float, height: float, css: str) -> str:
    return (
        f'<rect x="{_share(x)}" y="{y:.1f}" width="{_share(max(width, 0))}" '
        f'height="{max(height, 0):.1f}" class="{css}"/>'
    )


def dot(x: float, y: float, css: str = "dot", radius: float = 3) -> str:
    return f'<circle cx="{_share(x)}" cy="{y:.1f}" r="{radius:g}" class="{css}"/>'


def way(points: Iterable[tuple[float, float]], css: str) -> str:
    """A line through points, inside a `stretched` part."""
    steps = " L".join(f"{x * WIDE:.1f} {y:.1f}" for x, y in points)
    return f'<path class="{css}" d="M{steps}"/>' if steps else ""


def _share(x: float) -> str:
    return f"{x * 100:.2f}%"
