"""`manage.py replay`: what the system would have said in the past, by the code that serves."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone as clock
from django_tenants.utils import schema_context

from amis.errors import AmisError
from analytics.services.replay.anomaly import replay_anomalies
from analytics.services.replay.downtime import replay_downtime
from analytics.services.replay.forecast import replay_forecasts
from analytics.services.replay.span import Cadence, Span
from production.models import Machine
from tenants.models import Tenant

EARLIEST_YEAR = 1971
AHEAD = timedelta(days=366)
DAYS = re.compile(r"([1-9][0-9]{0,2})d")
TASKS = {
    "downtime": replay_downtime,
    "forecast": replay_forecasts,
    "anomaly": replay_anomalies,
}


class Command(BaseCommand):
    help = "Write what the system would have predicted, knowing only what was known then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="tenant_id")
        parser.add_argument("--task", required=True, choices=TASKS)
        parser.add_argument("--from", dest="start", required=True, help="ISO time with offset")
        parser.add_argument("--to", dest="end", required=True, help="not included")
        parser.add_argument("--machine", help="machine_id; without it all, and the plant")
        parser.add_argument("--metric", help="of a forecast; without it all")
        parser.add_argument("--every", default="30d", help="between a forecast's origins (30d)")
        parser.add_argument("--retrain", default="7d", help="between trainings (7d)")
        parser.add_argument("--out", required=True, type=Path, help="the CSV file to write")

    def handle(self, *, tenant: str, task: str, out: Path, **options: Any) -> None:
        span = Span(
            start=_instant("--from", options["start"]),
            end=_instant("--to", options["end"]),
            machine_id=options["machine"],
            metric=options["metric"],
        )
        cadence = Cadence(
            retrain_days=_days("--retrain", options["retrain"]),
            every_days=_days("--every", options["every"]),
        )
        if span.end <= span.start:
            raise CommandError("--to must be after --from.")
        if not out.name:
            raise CommandError("--out names no file.")
        if not out.parent.is_dir():
            raise CommandError(f"There is no folder {out.parent} for the file.")
        if not Tenant.objects.filter(schema_name=tenant).exists():
            raise CommandError(f"There is no plant with the id {tenant}.")
        try:
            with schema_context(tenant):
                _check_machine(span.machine_id)
                rows = TASKS[task](
                    span=span, cadence=cadence, out=out, now=clock.now(), tell=self._tell
                )
        except AmisError as error:
            raise CommandError(error.message) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped; the same command goes on from here.") from None
        self._end_line()
        self.stdout.write(f"{rows} rows in {out}")

    def _tell(self, percent: float, step: str) -> None:
        """One line that is written over on a terminal, a line each elsewhere."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r{percent:3.0f} % {step:<60}", ending="")
            self.stderr.flush()
        else:
            self.stderr.write(f"{percent:3.0f} % {step}")

    def _end_line(self) -> None:
        if sys.stderr.isatty():
            self.stderr.write("")


def _instant(option: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option}: {text!r} is not an ISO 8601 time.") from None
    if moment.tzinfo is None:
        raise CommandError(f"{option}: a time needs its offset, as in 2026-03-08T06:00:00-06:00.")
    if moment.year < EARLIEST_YEAR or moment.replace(tzinfo=UTC) > clock.now() + AHEAD:
        raise CommandError(f"{option}: must lie between {EARLIEST_YEAR} and a year from now.")
    return moment


def _days(option: str, text: str) -> int:
    match = DAYS.fullmatch(text)
    if match is None:
        raise CommandError(f"{option}: write a number of days such as 7d.")
    return int(match[1])


def _check_machine(machine_id: str | None) -> None:
    if machine_id is not None and not Machine.objects.filter(machine_id=machine_id).exists():
        raise CommandError(f"There is no machine {machine_id} in this plant.")
