"""What Beat asks of plants: to predict, which `ml` and `ml_tf` carry out, and to publish sums."""

from __future__ import annotations

import logging
from itertools import zip_longest

from celery import shared_task
from django.db import connection
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from analytics.models import Run
from analytics.services.planning import plan
from analytics.services.publishing import publish
from analytics.services.runs import carry_out
from analytics.services.work import KINDS
from tenants.models import Tenant
from tenants.selectors import active_plants

logger = logging.getLogger(__name__)


@shared_task(name="analytics.tasks.plan_predictions")
def plan_predictions() -> None:
    """Hand out what is due, plant by plant in turns, so that a large plant does not keep others
    waiting.
    """
    connection.set_schema_to_public()
    pieces: list[list[tuple[Tenant, int, str]]] = []
    for plant in active_plants():
        try:
            with tenant_context(plant):
                due = plan(now=clock.now())
        except Exception:
            # One plant's trouble is not the others': theirs are marked as sent already.
            logger.exception("What is due in %s could not be planned.", plant.schema_name)
            continue
        pieces.append([(plant, run.pk, KINDS[run.kind].queue) for run in due])
    for turn in zip_longest(*pieces):
        for plant, run_id, queue in filter(None, turn):
            with tenant_context(plant):
                carry_out_run.apply_async((run_id,), queue=queue)


@shared_task(name="analytics.tasks.publish_plants")
def publish_plants() -> None:
    """Each plant publishes, under its own role, what the corporate view adds up."""
    connection.set_schema_to_public()
    for plant in active_plants():
        try:
            with tenant_context(plant):
                publish(clock.now())
        except Exception:
            logger.exception("The sums of %s could not be published.", plant.schema_name)


@shared_task(name="analytics.tasks.carry_out_run", reject_on_worker_lost=True)
def carry_out_run(run_id: int) -> None:
    """Do one piece of work of the plant that the message names, unless it is done or being done."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        return
    kind = KINDS[run.kind]
    if carry_out(run.pk, lambda tell: kind.do(run, tell), is_watched=bool(kind.title)):
        plan_predictions.apply_async(queue="default")
