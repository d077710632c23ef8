"""Reports and their schedule as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from production.selectors.calendar import plant_timezone
from reports.models import Delivery, Report, ReportFile, ReportSchedule
from reports.selectors.schedule import next_instant

SHOWN = (Report.State.ISSUED, Report.State.SUPERSEDED)
FILES = Prefetch("files", queryset=ReportFile.objects.only("report_id", "format", "name"))
"""Which files there are, without their megabytes."""


def shown_reports() -> QuerySet[Report]:
    """Reports that were issued, newest first, ready for `report_card` in three queries."""
    reports = Report.objects.filter(state__in=SHOWN).defer("content")
    return reports.prefetch_related("deliveries", FILES).order_by("-made_at", "-pk")


def latest_pdf() -> ReportFile | None:
    """The PDF of the report that was made last."""
    files = ReportFile.objects.filter(format="pdf", report__state=Report.State.ISSUED)
    return files.order_by("-report__made_at", "-report_id").first()


def report_card(report: Report) -> dict[str, Any]:
    return {
        "id": report.pk,
        "kind": report.kind,
        "plant_date": report.plant_date,
        "from": report.start,
        "to": report.end,
        "made_at": report.made_at,
        "state": report.state,
        "late": report.late,
        "files": {file.format: file_path(report, file.format) for file in report.files.all()},
        "deliveries": [delivery_card(row) for row in report.deliveries.all()],
    }


def file_path(report: Report, form: str) -> str:
    return f"/api/reports/{report.pk}/{form}"


def delivery_card(row: Delivery) -> dict[str, Any]:
    """One that waits for its first attempt is retrying after none."""
    state = Delivery.State.RETRYING if row.state == Delivery.State.WAITING else row.state
    return {
        "to": row.to,
        "state": str(state),
        "attempts": row.attempts,
        "at": row.at,
        "error": row.error,
    }


def schedule_card(schedule: ReportSchedule, *, now: datetime) -> dict[str, Any]:
    return {
        "enabled": schedule.enabled,
        "time": f"{schedule.time:%H:%M}",
        "weekdays": schedule.weekdays,
        "recipients": schedule.recipients,
        "formats": schedule.formats,
        "next_at": next_instant(schedule, now=now, timezone=plant_timezone()),
    }
