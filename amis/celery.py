"""The Celery application: every message carries its plant, the ingest worker carries the
collector.
"""

from __future__ import annotations

from amis import courtesy  # noqa: F401 - its import lets trainings give way
from amis.clock import app
from amis.heartbeat import HeartbeatStep
from production.ingest.bootstep import CollectorStep

app.autodiscover_tasks()
app.autodiscover_tasks(["amis"])
app.steps["worker"].add(CollectorStep)
app.steps["worker"].add(HeartbeatStep)

__all__ = ["app"]
