"""Pieces: good ones and scrap."""

from __future__ import annotations

from collections.abc import Iterator

from ai_insights.grounding.fact import PERCENT, PIECES, Fact
from ai_insights.selectors.facts.results import per_cent
from ai_insights.selectors.facts.scene import Scene
from analytics.templatetags.figures import pieces

MOST_SCRAP = 2


def output_facts(scene: Scene) -> Iterator[Fact]:
    counts = (("good_units", "Good pieces", "good_before"),
              ("defective_units", "Scrap", "scrap_before"))  # fmt: skip
    for column, label, key_before in counts:
        key = {"defective_units": "scrap_units"}.get(column, column)
        yield scene.fact(
            key, label, scene.figures[column], PIECES, basis=_of(scene.figures, column),
            url=scene.kpis_url(),
        )  # fmt: skip
        yield scene.fact(
            key_before, f"{label} before", scene.before[column], PIECES,
            window=scene.words_before, basis=_of(scene.before, column),
            url=scene.kpis_url(before=True),
        )  # fmt: skip
    yield _defect_rate(scene)
    yield from _scrap_by_machine(scene)


def _of(figures, column: str) -> str:
    made = figures["units_produced"]
    return figures["reasons"].get(column) or (f"of {pieces(made)} made" if made is not None else "")


def _defect_rate(scene: Scene) -> Fact:
    rate = scene.figures["defect_rate"]
    sq, pq = scene.figures["defective_units"], scene.figures["units_produced"]
    parts = f"{pieces(sq)} / {pieces(pq)}" if rate is not None else ""
    return scene.fact(
        "defect_rate", "Scrap, share of pieces", per_cent(rate), PERCENT,
        basis=scene.figures["reasons"].get("defect_rate") or parts, url=scene.kpis_url(),
    )  # fmt: skip


def _scrap_by_machine(scene: Scene) -> Iterator[Fact]:
    known = [(m, scene.own[m.machine_id]) for m in scene.worst]
    bad = [(m, s) for m, s in known if s.records and not s.unknown_sq and s.sq > 0]
    bad.sort(key=lambda one: -one[1].sq)
    for machine, sums in bad[:MOST_SCRAP]:
        basis = "" if sums.unknown_pq else f"of {pieces(sums.pq)} made"
        yield scene.fact(
            "scrap_units", "Scrap", sums.sq, PIECES, machine, basis=basis,
            url=scene.kpis_url(machine),
        )  # fmt: skip
