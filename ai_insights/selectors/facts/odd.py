"""What was unlike the machines' own past and nobody has judged yet."""

from __future__ import annotations

from collections.abc import Iterator

from ai_insights.grounding.fact import PERCENT, Fact
from ai_insights.selectors.facts.days import address, moment_words
from ai_insights.selectors.facts.missing import missing_facts
from ai_insights.selectors.facts.results import per_cent
from ai_insights.selectors.facts.scene import Scene, of
from analytics.selectors.anomalies import open_anomalies
from analytics.selectors.outlook_shapes import Insufficient

MOST = 2
ANOMALIES = "anomalies"


def odd_facts(scene: Scene) -> Iterator[Fact]:
    found = open_anomalies(scene.window.interval, most=MOST, now=scene.now)
    url = address("/api/ml/anomalies", scene.window, status="open")
    if isinstance(found, Insufficient):
        yield from missing_facts(scene, "Anomalies", found, url=url)
        return
    count, worst = found
    yield scene.fact("open_anomalies", "Open anomalies", count, ANOMALIES, url=url)
    for one in worst:
        machine = scene.machines[one.machine_id]
        yield scene.fact(
            "anomaly",
            "Anomaly, score",
            per_cent(one.score),
            PERCENT,
            machine,
            window=moment_words(one.start, scene.timezone),
            basis=f"expected {one.expected}" if one.expected else "",
            text=one.sentence,
            url=address("/api/ml/anomalies", scene.window, status="open", **of(machine)),
        )
