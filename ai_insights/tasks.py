"""Analyses in the background: Beat knocks, workers on the queue `default` write."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone as clock
from django_tenants.utils import tenant_context
from kombu.exceptions import OperationalError

from ai_insights.services import asked
from analytics.models import Run
from analytics.services.runs import carry_out
from analytics.services.turns import COME_AGAIN_S, turn
from tenants.selectors import active_plants

logger = logging.getLogger(__name__)


@shared_task(name="ai_insights.tasks.plan_insights")
def plan_insights() -> None:
    """Hand out what is due in each plant."""
    connection.set_schema_to_public()
    for plant in active_plants():
        try:
            with tenant_context(plant):
                for run in asked.plan_insights(now=clock.now()):
                    carry_out_insight.delay(run.pk)
        except Exception:
            # One plant's trouble is not the others'.
            logger.exception(
                "Which insights are due in %s could not be planned.", plant.schema_name
            )


def send(run: Run) -> None:
    """Hand a run to a worker once it is there to be read. While nothing takes messages, Beat's next
    round hands it out.
    """

    def hand_over() -> None:
        try:
            carry_out_insight.apply_async((run.pk,), retry=False)
        except OperationalError:
            logger.warning("The analysis %s waits for Beat: no broker takes it.", run.pk)

    transaction.on_commit(hand_over)


@shared_task(name="ai_insights.tasks.carry_out_insight", reject_on_worker_lost=True)
def carry_out_insight(run_id: int) -> None:
    """Write the analysis of the plant that the message names, unless it is done or being done."""
    run = Run.objects.select_related("job").filter(pk=run_id).first()
    if run is None:
        return
    with turn(is_asked_for=run.job is not None and run.job.user_id is not None) as may_begin:
        if not may_begin:
            carry_out_insight.apply_async((run_id,), countdown=COME_AGAIN_S)
            return
        carry_out(run_id, lambda tell: asked.write_run(run, now=clock.now(), tell=tell))
