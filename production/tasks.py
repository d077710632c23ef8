"""Work in the background: a task takes ids and ISO times and calls one service."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import Task, shared_task
from django.db import connection
from django_tenants.utils import schema_context
from kombu.exceptions import OperationalError

from amis.interval import Interval
from production.live import publish_machines
from production.models import Machine
from production.services import plants, raw_folder
from production.services.derive import derive_records
from production.services.partitions import ensure_near_partitions
from tenants.selectors import active_schemas
from tenants.services import spares

logger = logging.getLogger(__name__)


@shared_task(name="production.tasks.derive")
def derive(machine_id: str, start: str, end: str) -> None:
    """Derive a machine's records again, in the plant that the message names."""
    machines = Machine.objects.select_related("connection", "shift_pattern")
    interval = Interval(datetime.fromisoformat(start), datetime.fromisoformat(end))
    machine = machines.get(machine_id=machine_id)
    derive_records(machine=machine, interval=interval)
    publish_machines(connection.schema_name, [(machine.machine_id, machine.machine_name)])


@shared_task(name="production.tasks.make_partitions")
def make_partitions() -> None:
    """Months ahead for every plant; runs in the provision worker, which has the owner's login."""
    connection.set_schema_to_public()
    for schema in active_schemas():
        with schema_context(schema):
            ensure_near_partitions()


@shared_task(name="production.tasks.finish_plants")
def finish_plants() -> None:
    """Make and delete the plants that were ordered; in the provision worker."""
    plants.finish_plants()


def order(task: Task) -> None:
    """Hand work to the provision worker now; where no broker takes it, Beat's next round does."""
    try:
        task.apply_async(retry=False)
    except OperationalError:
        logger.warning("%s waits for Beat: no broker takes it.", task.name)


@shared_task(name="production.tasks.fill_spares")
def fill_spares() -> None:
    """Schemas in reserve for the next plants; in the provision worker."""
    connection.set_schema_to_public()
    spares.fill_spares(furnish=plants.furnish_spare)


@shared_task(name="production.tasks.take_files")
def take_files() -> None:
    """What lies in the plants' raw folders."""
    connection.set_schema_to_public()
    for schema in active_schemas():
        try:
            with schema_context(schema):
                raw_folder.take_files()
        except Exception:
            # One plant's trouble is not the others'.
            logger.exception("%s: the raw folder could not be looked into", schema)
