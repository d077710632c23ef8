"""`manage.py make_report`: a plant's daily report now, with copies of its files in a folder."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from amis.errors import AmisError
from reports.models import Report
from reports.services.at_once import day_asked, report_at_once
from reports.services.deliveries import mail_now, recipients
from reports.services.folder import write_copies
from tenants.services.plants import tenant_by_id


class Command(BaseCommand):
    help = (
        "Make the report of a plant day, or take the one that was issued, and write its PDF, XLSX, "
        "ai_insights.txt and charts into the reports folder of the plant."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="T", help="the plant's id")
        parser.add_argument("--date", metavar="D", help="a plant day; without it the newest ended")
        parser.add_argument("--mail", action="store_true", help="mail it too, also once more")
        parser.add_argument(
            "--again",
            action="store_true",
            help="a next revision even where nothing of the day has changed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = tenant_by_id(options["tenant"])
            with tenant_context(tenant):
                self._make(options)
        except AmisError as error:
            raise CommandError(error.message) from error

    def _make(self, options: dict[str, Any]) -> None:
        day = day_asked(_date(options["date"]), now=clock.now())
        report = report_at_once(day, again=options["again"], tell=self._tell)
        if sys.stderr.isatty():
            self.stderr.write("")
        for path in write_copies(report):
            self.stdout.write(str(path))
        if options["mail"]:
            self._mail(report)

    def _mail(self, report: Report) -> None:
        """Mail that did not go is tried again by the workers; the report is kept all the same."""
        mail_now(report)
        rows = report.deliveries.filter(to__in=recipients())
        for row in rows:
            self.stdout.write(f"{row.to}: {row.state} {row.error}".rstrip())
        if not rows:
            self.stdout.write("Nobody gets it: set EMAIL_RECEIVER or the recipients of the plant.")

    def _tell(self, percent: float, step: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{percent:3.0f} % {step:<60}", ending="")
            self.stderr.flush()


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--date: {text!r} is not a day such as 2026-11-18.") from None
