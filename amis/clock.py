"""The Celery application as Beat needs it: with settings, without tasks, which it sends by name."""

from __future__ import annotations

import os

from celery.signals import beat_init, setup_logging
from tenant_schemas_celery.app import CeleryApp

from amis import errand  # noqa: F401 - its import lets requests go with their tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amis.settings")
# Django's checks would import every page into each worker; tests and `prepare_database` make them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = CeleryApp("amis")
app.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Settings configure logging; Celery would otherwise lay its own over it."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@beat_init.connect
def make_what_is_missing(**_: object) -> None:
    """At the start the last complete day of each plant is reported, if it was not."""
    app.send_task("reports.tasks.plan_reports", kwargs={"at_start": True})
