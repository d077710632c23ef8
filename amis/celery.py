"""The Celery application: every message carries its plant, the ingest worker carries the
collector.
"""

from __future__ import annotations

from celery.signals import worker_process_init

from amis.clock import app
from amis.courtesy import give_way
from amis.heartbeat import HeartbeatStep
from production.ingest.bootstep import CollectorStep

app.autodiscover_tasks()
app.autodiscover_tasks(["amis"])
app.steps["worker"].add(CollectorStep)
app.steps["worker"].add(HeartbeatStep)
# Only trainers have child processes, so that a child of a worker is a training.
worker_process_init.connect(give_way)

__all__ = ["app"]
