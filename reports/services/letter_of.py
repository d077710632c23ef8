"""What the mail of a report says: the verdict first, the key figures, what to do, and where more
is.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from ai_insights.selectors.facts.days import span_words
from analytics.templatetags.figures import minutes, percent, pieces
from reports.document.content import Content, Kpi
from reports.document.plain import from_plain
from reports.models import Report
from reports.services.letter import Letter
from tenants.models import Tenant
from tenants.sessions import plant_url

WRITTEN = {"ratio": percent, "pieces": pieces, "minutes": minutes}
UNKNOWN_OEE = "\u2013"


def letter_of(report: Report) -> Letter:
    """The letter of an issued report, from its frozen content."""
    content = from_plain(Content, report.content)
    words = {
        "content": content,
        "days": span_words(content.head.first_day, content.head.last_day),
        "figures": [(kpi.label, written(kpi.value, kpi), *_beside(kpi)) for kpi in content.kpis],
        "report": report,
        "url": f"{_plant_url()}/reports/",
    }
    return Letter(
        sender=settings.MAIL.sender,
        subject=subject_of(content, is_late=report.late),
        text=render_to_string("reports_mail.txt", words),
        html=render_to_string("reports_mail.html", words),
        made_at=content.head.made_at,
        files={file.name: bytes(file.content) for file in report.files.all()},
    )


def subject_of(content: Content, *, is_late: bool) -> str:
    """Chicago, Wed 18 Nov: OEE 82.5 %, below target."""
    head = content.head
    oee = next((kpi for kpi in content.kpis if kpi.key == "oee"), None)
    value = written(oee.value, oee) if oee else UNKNOWN_OEE
    days = span_words(head.first_day, head.last_day)
    word = content.verdict.word[:1].lower() + content.verdict.word[1:]
    tail = [_("sent late")] if is_late else []
    tail += [_("corrected")] if head.revision > 1 else []
    ending = f" ({', '.join(tail)})" if tail else ""
    return f"{head.plant_name}, {days}: OEE {value}, {word}{ending}"


def written(value: float | None, kpi: Kpi) -> str:
    return WRITTEN[kpi.kind](value)


def _beside(kpi: Kpi) -> tuple[str, str]:
    """The target, or the note in its place, and the figure of the window before."""
    target = kpi.note
    if kpi.target is not None:
        target = _("target %(value)s") % {"value": written(kpi.target, kpi)}
    before = f"{kpi.before_name} {written(kpi.before, kpi)}" if kpi.before is not None else ""
    return target, before


def _plant_url() -> str:
    schema = connection.schema_name
    with schema_context("public"):
        return plant_url(Tenant.objects.get(schema_name=schema))
