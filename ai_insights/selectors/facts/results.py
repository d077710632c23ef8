"""OEE and its factors, against target and the window before."""

from __future__ import annotations

from collections.abc import Iterator

from ai_insights.grounding.fact import PERCENT, POINTS, Fact
from ai_insights.selectors.facts.days import since_words
from ai_insights.selectors.facts.scene import MOST_MACHINES, Scene
from analytics.kpis.plain import plainly
from analytics.kpis.rollup import Sums, kpis
from analytics.templatetags.figures import pieces
from production.models import Machine

FACTORS = (
    ("availability", "Availability"),
    ("effectiveness", "Performance"),
    ("quality_ratio", "Quality"),
)
TARGETS_URL = "/api/targets"
NO_TARGET = "no target is set"
UNKNOWN_PART = "one of the two is undefined"


def result_facts(scene: Scene) -> Iterator[Fact]:
    yield _ratio(scene, "oee", "OEE")
    target = _target(scene, "oee", "OEE")
    before = _before(scene, "oee", "OEE")
    now, url = scene.figures["oee"], scene.kpis_url()
    gap = _points(now, None if target.value is None else target.value / 100)
    change = _points(now, scene.before["oee"])
    yield target
    yield scene.fact("oee_gap", "OEE against target", gap, POINTS, basis=_why(gap), url=url)
    yield before
    yield scene.fact(
        "oee_change", "OEE against before", change, POINTS, basis=_why(change), url=url
    )
    for machine in scene.worst[:MOST_MACHINES]:
        yield _ratio(scene, "oee", "OEE", machine)
    for key, label in FACTORS:
        yield _ratio(scene, key, label)
        if scene.targets.of(key) is not None:
            yield _target(scene, key, label)
        yield _before(scene, key, label)


def per_cent(ratio: float | None) -> float | None:
    return None if ratio is None else ratio * 100


def _ratio(scene: Scene, key: str, label: str, machine: Machine | None = None) -> Fact:
    sums = scene.own[machine.machine_id] if machine else scene.total
    figures = plainly(kpis(sums)) if machine else scene.figures
    basis = figures["reasons"].get(key) or _parts(key, sums)
    url = scene.kpis_url(machine)
    return scene.fact(key, label, per_cent(figures[key]), PERCENT, machine, basis=basis, url=url)


def _parts(key: str, sums: Sums) -> str:
    """The two sums of minutes whose ratio it is."""
    part, whole = {
        "oee": (sums.ideal_good_s, sums.pbt_s),
        "availability": (sums.apt_s, sums.pbt_s),
        "effectiveness": (sums.ideal_produced_s, sums.apt_s),
        "quality_ratio": (sums.ideal_good_s, sums.ideal_produced_s),
    }[key]
    return f"{pieces(part / 60)} / {pieces(whole / 60)} min"


def _target(scene: Scene, key: str, label: str) -> Fact:
    aim = scene.targets.of(key)
    if aim is None:
        return scene.fact(
            f"{key}_target", f"{label} target", None, PERCENT, basis=NO_TARGET, url=TARGETS_URL
        )
    return scene.fact(
        f"{key}_target",
        f"{label} target",
        per_cent(aim.value),
        PERCENT,
        window=since_words(aim.since, on=scene.day),
        basis="plant setting",
        url=TARGETS_URL,
    )


def _before(scene: Scene, key: str, label: str) -> Fact:
    return scene.fact(
        f"{key}_before",
        f"{label} before",
        per_cent(scene.before[key]),
        PERCENT,
        window=scene.words_before,
        basis=scene.before["reasons"].get(key) or _parts(key, scene.total_before),
        url=scene.kpis_url(before=True),
    )


def _points(value: float | None, reference: float | None) -> float | None:
    """Percentage points between two ratios as they are printed, so that a reader's own sum
    agrees.
    """
    if value is None or reference is None:
        return None
    return round(round(value * 100, 1) - round(reference * 100, 1), 1)


def _why(value: float | None) -> str:
    return UNKNOWN_PART if value is None else "value − reference, as printed"
