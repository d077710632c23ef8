"""Downtime, lost minutes and where they went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from ai_insights.grounding.fact import MINUTES, Fact
from ai_insights.selectors.facts.scene import MOST_MACHINES, Scene
from analytics.kpis.losses import losses, lost_s
from analytics.kpis.plain import plainly
from analytics.kpis.rollup import Sums, kpis
from analytics.templatetags.figures import minutes, pieces
from production.models import Machine
from production.selectors.records import untold_s

LOSSES = {
    "stops": ("Failures and stops", "delays longer than the machine's threshold"),
    "minor_stops": ("Minor stops", "delays shorter than the machine's threshold"),
    "untold": ("Downtime of unknown kind", "submitted as a sum"),
    "changeover": ("Changeover", "set-up time"),
    "idle": ("Idle", "no order while time was planned"),
    "speed": ("Reduced speed", "producing time − ideal time of the pieces made"),
    "defects": ("Defects", "ideal time of the scrap, start-up rejects among it"),
}
LEAST_MIN = 0.5
"""A loss that is printed as 0 is left out."""


def lost_facts(scene: Scene) -> Iterator[Fact]:
    yield _downtime(scene, None)
    yield scene.fact(
        "downtime_before",
        "Downtime before",
        scene.before["downtime_min"],
        MINUTES,
        window=scene.words_before,
        basis=scene.before["reasons"].get("downtime_min", ""),
        url=scene.kpis_url(before=True),
    )
    for machine in scene.worst[:MOST_MACHINES]:
        yield _downtime(scene, machine)
    for one in (None, *scene.worst[:MOST_MACHINES]):
        yield _lost(scene, one)
    yield from _by_kind(scene)


def sums_of(scene: Scene, machine: Machine | None) -> Sums:
    return scene.own[machine.machine_id] if machine else scene.total


def _downtime(scene: Scene, machine: Machine | None) -> Fact:
    figures = plainly(kpis(sums_of(scene, machine))) if machine else scene.figures
    whole = scene.figures["downtime_min"]
    share = f"of {minutes(whole)}" if machine and whole is not None else ""
    return scene.fact(
        "downtime_min",
        "Downtime",
        figures["downtime_min"],
        MINUTES,
        machine,
        basis=figures["reasons"].get("downtime_min") or share,
        url=scene.kpis_url(machine),
    )


def _lost(scene: Scene, machine: Machine | None) -> Fact:
    sums = sums_of(scene, machine)
    seconds = lost_s(sums)
    if seconds is None:
        value, basis = None, plainly(kpis(sums))["reasons"].get("oee", "")
    else:
        value = seconds / 60
        basis = f"{pieces(sums.pbt_s / 60)} − {pieces(sums.ideal_good_s / 60)} min"
    url = scene.kpis_url(machine)
    return scene.fact("lost_min", "Lost minutes", value, MINUTES, machine, basis=basis, url=url)


def _by_kind(scene: Scene) -> Iterator[Fact]:
    """The largest first."""
    untold = untold_s(window=scene.window, machines=scene.machines.values())
    found = losses(scene.total, untold_s=sum(untold.values()))
    if found is None:
        return
    parts = [(kind, seconds / 60) for kind, seconds in asdict(found).items()]
    for kind, value in sorted(parts, key=lambda one: -one[1]):
        if abs(value) < LEAST_MIN:
            continue
        label, basis = LOSSES[kind]
        yield scene.fact(f"loss_{kind}", label, value, MINUTES, basis=basis, url=scene.kpis_url())
