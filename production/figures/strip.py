"""The state strip: the taller, the worse, so that it can be read in grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from production.figures.svg import line, svg, text

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
    width: float = 360,
    height: float = 28,
) -> str:
    """One `<path>` a kind; the time to come stays empty. `ticks` are (epoch second, label)."""
    scale = width / max(end - start, 1e-9)
    paths: dict[str, list[str]] = {}
    for one in _merged(stretches):
        x, right = (one.start - start) * scale, (one.end - start) * scale
        tall = height * HEIGHTS[one.kind]
        top = 4 + height - tall
        paths.setdefault(one.kind, []).append(
            f"M{x:.2f} {top:.1f}H{max(right, x + 0.5):.2f}V{height + 4:.1f}H{x:.2f}Z"
        )
    parts = [HATCH]
    parts += [f'<path class="{kind}" d="{"".join(d)}"/>' for kind, d in sorted(paths.items())]
    base = height + 4
    parts.append(line(0, base, width, base, "axis"))
    for n, (at, label) in enumerate(ticks):
        x = (at - start) * scale
        anchor = "start" if n == 0 else "end" if x > width - 12 else "middle"
        parts.append(text(x, base + 15, label, anchor=anchor))
    if now is not None and start <= now <= end:
        x = (now - start) * scale
        parts.append(line(x, 2, x, base, "now"))
        parts.append(f'<path class="now-head" d="M{x - 4:.1f} 0h8l-4 5z"/>')
    return svg(width=width, height=base + 18, title=title, parts=parts, css="fig strip")


def _merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Equal neighbours as one, so that the browser draws a few shapes and not hundreds."""
    merged: list[Stretch] = []
    for one in stretches:
        if merged and merged[-1].kind == one.kind and one.start - merged[-1].end < 1e-6:
            merged[-1] = Stretch(merged[-1].start, one.end, one.kind)
        else:
            merged.append(one)
    return merged
