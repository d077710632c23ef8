"""Reports in the background: Beat knocks, a worker on the queue `default` makes and mails."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone as clock
from django_tenants.utils import tenant_context
from kombu.exceptions import OperationalError

from analytics.models import Run
from analytics.services.runs import carry_out
from analytics.services.turns import COME_AGAIN_S, turn
from reports.services.begin import report_of
from reports.services.deliveries import deliver, due
from reports.services.make import make_report
from reports.services.schedule import plan_reports
from tenants.selectors import active_plants

logger = logging.getLogger(__name__)


@shared_task(name="reports.tasks.plan_reports")
def plan_all_reports(*, at_start: bool = False) -> None:
    """Hand out what is due in every plant: reports to make, and mail to try again."""
    connection.set_schema_to_public()
    for plant in active_plants():
        try:
            with tenant_context(plant):
                _hand_out(at_start=at_start)
        except Exception:
            # One plant's trouble is not the others'.
            logger.exception("What is due in %s could not be planned.", plant.schema_name)


def send(run: Run) -> None:
    """Hand a run to a worker once what is written is there to be read. While nothing takes
    messages, Beat's next round hands it out.
    """

    def hand_over() -> None:
        try:
            carry_out_report.apply_async((run.pk,), retry=False)
        except OperationalError:
            Run.objects.filter(pk=run.pk).update(sent_at=None)

    transaction.on_commit(hand_over)


def _hand_out(*, at_start: bool) -> None:
    now = clock.now()
    for run in plan_reports(now=now, at_start=at_start):
        carry_out_report.apply_async((run.pk,))
    if due(now):
        deliver_due.apply_async()


@shared_task(name="reports.tasks.carry_out_report", reject_on_worker_lost=True)
def carry_out_report(run_id: int) -> None:
    """Make one report of the plant that the message names, unless it is made or being made."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        return
    report = report_of(run)
    is_asked_for = report is not None and bool(report.asked_by) and not report.mails
    with turn(is_asked_for=is_asked_for) as may_begin:
        if not may_begin:
            carry_out_report.apply_async((run_id,), countdown=COME_AGAIN_S)
            return
        is_done = carry_out(run.pk, lambda tell: make_report(run, tell=tell), is_watched=True)
    if is_done:
        deliver(due(clock.now()))


@shared_task(name="reports.tasks.deliver_due")
def deliver_due() -> None:
    """Try what is to be mailed now in the plant that the message names."""
    deliver(due(clock.now()))
