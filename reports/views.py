"""`/reports/`: the newest report at a glance, all reports, making one, the schedule, the mail."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from ai_insights.selectors.facts.days import span_words
from ai_insights.selectors.windows import days_of
from analytics.models import Run
from analytics.templatetags.figures import minutes, percent, pieces
from production.models import Connection, Job
from production.selectors.jobs import newest_job
from production.selectors.machines import plant_machines
from reports.models import Delivery, Report
from reports.models.schedule import FORMATS, WEEKDAYS
from reports.selectors.cards import SHOWN, shown_reports
from reports.selectors.plant_days import day_to_report
from reports.selectors.schedule import next_instant, plant_schedule
from reports.selectors.windows import window_of_report
from reports.services.begin import RUN, report_of
from reports.services.deliveries import recipients
from tenants.permissions import Action

ROOT = settings.BASE_DIR
MOST_ROWS, MOST_DELIVERIES = 100, 50
WRITTEN = {"ratio": percent, "pieces": pieces, "minutes": minutes}
KINDS = {"daily": _("Daily"), "weekly": _("Weekly"), "custom": _("On demand")}
DAY_NAMES = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}
FORMAT_NAMES = {"pdf": "PDF", "xlsx": "XLSX", "csv": "CSV"}
STATES = {
    "waiting": (_("Waiting"), "clock"),
    "retrying": (_("Trying again"), "refresh-cw"),
    "sent": (_("Sent"), "check"),
    "failed": (_("Failed"), "octagon-alert"),
}
"""A delivery's word and icon."""


def reports(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    job = newest_job([RUN], now=now)
    made = _made_by(job) if job else None
    context = {
        "page": "reports",
        "now": now,
        "job": job,
        "job_retry": "_report_retry.html",
        "job_cancelled": _("No report was issued."),
        "job_title": _title(made),
        "retry": _retry(made) if made else None,
        "simulated": Connection.objects.filter(simulated=True).exists(),
        "may_train": request.place.may(Action.RUN_JOBS),
        "newest": _newest(),
        "rows": [_row(one) for one in shown_reports()[:MOST_ROWS]],
        "deliveries": [_delivery(one) for one in _deliveries()],
        "formats": [(name, FORMAT_NAMES[name]) for name in FORMATS],
        **_form(now),
        **_schedule(request, now),
    }
    return render(request, "reports.html", context)


def _newest() -> dict[str, Any] | None:
    """The verdict and the figures of its first page."""
    issued = Report.objects.filter(state=Report.State.ISSUED)
    report = issued.prefetch_related("files").order_by("-made_at", "-pk").first()
    if report is None or not report.content:
        return None
    content = report.content
    return {
        **_row(report),
        "verdict": content["verdict"],
        "figures": [_figure(one) for one in content["kpis"]],
        "actions": content["actions"],
    }


def _figure(kpi: Mapping[str, Any]) -> dict[str, Any]:
    write = WRITTEN[kpi["kind"]]
    target = kpi.get("target")
    return {
        "key": kpi["key"],
        "label": kpi["label"],
        "value": write(kpi["value"]),
        "target": write(target) if target is not None else "",
        "note": kpi.get("note", ""),
    }


def _row(report: Report) -> dict[str, Any]:
    files = sorted(report.files.all(), key=lambda file: FORMATS.index(file.format))
    return {
        "report": report,
        "days": span_words(*days_of(window_of_report(report))),
        "kind": KINDS[report.kind],
        "files": [(FORMAT_NAMES[f.format], f"/api/reports/{report.pk}/{f.format}") for f in files],
        "mailed": [_delivery(one) for one in report.deliveries.all()],
    }


def _deliveries() -> list[Delivery]:
    rows = Delivery.objects.filter(report__state__in=SHOWN).select_related("report")
    return list(rows.defer("report__content").order_by("-report__made_at", "to")[:MOST_DELIVERIES])


def _delivery(row: Delivery) -> dict[str, Any]:
    word, icon = STATES[row.state]
    return {"row": row, "word": word, "icon": icon, "is_bad": row.state in ("failed", "retrying")}


def _form(now: datetime) -> dict[str, Any]:
    """What the form begins with: the newest day that has ended; and the latest it takes."""
    day = day_to_report(now)
    return {"day": day, "has_machines": plant_machines().exists()}


def _made_by(job: Job) -> Report | None:
    run = Run.objects.filter(job=job).first()
    return report_of(run) if run else None


def _title(report: Report | None) -> str:
    """What the job makes."""
    if report is None:
        return str(_("Report"))
    return f"{_('Report')}: {span_words(*days_of(window_of_report(report)))}"


def _retry(report: Report) -> dict[str, Any]:
    """The window of a report, to ask for it once more."""
    window = window_of_report(report)
    ends = (report.start, report.end)
    if window.dates is not None:
        first, last = days_of(window)
        ends = (first, last + timedelta(days=1))
    return {"start": ends[0].isoformat(), "end": ends[1].isoformat(), "formats": report.formats}


def _schedule(request: HttpRequest, now: datetime) -> dict[str, Any]:
    schedule, timezone = plant_schedule(), request.place.tenant.timezone
    return {
        "schedule": schedule,
        "next_at": next_instant(schedule, now=now, timezone=timezone),
        "may_schedule": request.place.may(Action.SCHEDULE_REPORTS),
        "weekdays": [(day, DAY_NAMES[day]) for day in WEEKDAYS],
        "gets_it": recipients(),
        "is_installations": not schedule.recipients,
        "is_mailed": bool(settings.MAIL.server) or settings.ENVIRONMENT.demo,
        "recipients_text": "\n".join(schedule.recipients),
        "mail_dir": "" if settings.MAIL.server else os.path.relpath(settings.MAIL_DIR, ROOT),
    }
