"""How far the data can be trusted: what was heard, gaps, counters that were set back, silence."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from ai_insights.grounding.fact import MINUTES, PERCENT, Fact
from ai_insights.selectors.facts.days import address, at_words
from ai_insights.selectors.facts.results import per_cent
from ai_insights.selectors.facts.scene import Scene
from analytics.templatetags.figures import minutes
from production.live import machine_elements
from production.models import DataIssue
from production.selectors.data_issues import counter_resets, gaps_of

MOST_NAMES = 5


def trust_facts(scene: Scene) -> Iterator[Fact]:
    figures, url = scene.figures, scene.kpis_url()
    silent = figures["no_data_min"]
    heard = f"{minutes(figures['pbt_min'])} heard, {minutes(silent)} not"
    yield scene.fact(
        "completeness",
        "Data completeness",
        per_cent(figures["data_coverage"]),
        PERCENT,
        basis=figures["reasons"].get("data_coverage") or heard,
        url=url,
    )
    if silent:
        yield scene.fact("no_data_min", "Planned time without data", silent, MINUTES, url=url)
    yield from _gaps(scene)
    yield from _stale(scene)


def _gaps(scene: Scene) -> Iterator[Fact]:
    found = gaps_of(scene.window.interval, now=scene.now)
    url = address("/api/data-issues", scene.window, kind=DataIssue.Kind.GAP)
    if found:
        spent = sum(one.duration_s for _, one in found) / 60
        basis = f"on {len({pk for pk, _ in found})} machines"
        yield scene.fact("gaps", "Gaps in the data", len(found), "gaps", basis=basis, url=url)
        yield scene.fact("gap_min", "Gaps in the data", spent, MINUTES, basis=basis, url=url)
    if count := counter_resets(scene.window.interval):
        url = address("/api/data-issues", scene.window, kind=DataIssue.Kind.COUNTER_RESET)
        yield scene.fact("counter_resets", "Counters that were set back", count, "resets", url=url)


def _stale(scene: Scene) -> Iterator[Fact]:
    """Machines with a connection that are not heard at the moment of the facts."""
    if not scene.is_present:
        return
    linked = [m for m in scene.machines.values() if m.active and m.connection_id]
    names = [(m.machine_id, m.machine_name) for m in linked]
    silent = [e for e in machine_elements(connection.schema_name, names) if e["is_stale"]]
    if not silent:
        return
    shown = ", ".join(e["machine_name"] for e in silent[:MOST_NAMES])
    more = "" if len(silent) <= MOST_NAMES else ", …"
    yield scene.fact(
        "stale_machines",
        "Connected machines that were not heard",
        len(silent),
        "machines",
        window=at_words(scene.now, scene.timezone),
        basis=f"of {len(linked)}",
        text=shown + more,
        url="/api/machines/live",
    )
