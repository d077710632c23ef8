"""The next shift's risk of the machines that are likeliest to stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ai_insights.grounding.fact import MINUTES, PERCENT, Fact
from ai_insights.selectors.facts.days import day_words
from ai_insights.selectors.facts.missing import missing_facts
from ai_insights.selectors.facts.results import per_cent
from ai_insights.selectors.facts.scene import MOST_MACHINES, Scene
from analytics.figures.names import spoken
from analytics.models import Prediction
from analytics.selectors.missing import why_no_risk
from analytics.selectors.risk_outlook import evidence_of
from analytics.selectors.said import said_last

URL = "/api/ml/forecast"
MOST_FACTORS = 2


def risk_facts(scene: Scene) -> Iterator[Fact]:
    said = said_last(scene.now)
    if said is None:
        yield from missing_facts(scene, "Next shift", why_no_risk(scene.now), url=URL)
        return
    for n, row in enumerate(said.machines[:MOST_MACHINES]):
        yield from _chance(scene, row)
        if n == 0:
            yield from _closely(scene, row)
    yield from _skill(scene, said.plant)


def _fact(scene: Scene, row: Prediction, key: str, label: str, value: float, unit: str) -> Fact:
    return scene.fact(
        key,
        label,
        value,
        unit,
        scene.machines[row.machine.machine_id],
        window=f"{row.shift}, {day_words(row.production_date)}",
        basis=f"model {row.version.number}, “{spoken(row.served)}” serves",
        text=row.risk,
        url=URL,
    )


def _chance(scene: Scene, row: Prediction) -> Iterator[Fact]:
    chance = row.p_downtime_30 * 100
    yield _fact(scene, row, "risk_chance", "Chance of 30 min or more", chance, PERCENT)
    yield _fact(scene, row, "risk_expected", "Expected downtime", row.expected_min, MINUTES)


def _closely(scene: Scene, row: Prediction) -> Iterator[Fact]:
    for key, end, value in (("risk_low", "low", row.lo80), ("risk_high", "high", row.hi80)):
        label = f"Downtime, {end} end of the 80 % interval"
        yield _fact(scene, row, key, label, value, MINUTES)
    sure = row.confidence * 100
    yield _fact(scene, row, "risk_confidence", "Confidence of the prediction", sure, PERCENT)
    raising = sorted((f for f in row.factors if f[2] > 0), key=lambda factor: -factor[2])
    for _, label, minutes in raising[:MOST_FACTORS]:
        one = _fact(scene, row, "risk_factor", "Raises the expected downtime", minutes, MINUTES)
        yield replace(one, text=label)


def _skill(scene: Scene, plant: Prediction) -> Iterator[Fact]:
    evidence = evidence_of(plant)
    if evidence.skill_vs_naive is None:
        return
    yield scene.fact(
        "risk_skill",
        f"Prediction's error below that of the rule “{spoken(evidence.naive_name)}”",
        per_cent(evidence.skill_vs_naive),
        PERCENT,
        window="shifts held back",
        basis=evidence.guard,
        text=spoken(evidence.naive_name),
        url=URL,
    )
