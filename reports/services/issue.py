"""Issuing a report: its content, its files and who is to get it, all at once or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ai_insights.models import Insight
from reports.models import Report, ReportFile
from reports.services.deliveries import address


@transaction.atomic
def issue_report(
    report: Report,
    *,
    content: Mapping[str, Any],
    files: Mapping[str, tuple[str, bytes]],
    insight: Insight | None,
    made_at: datetime,
) -> None:
    """Freeze a report. `files` are (name, bytes) by format. The revision before it is superseded;
    one that was issued already stays as it is.
    """
    row = Report.objects.select_for_update().get(pk=report.pk)
    if row.state != Report.State.MAKING:
        return
    row.state, row.content = Report.State.ISSUED, dict(content)
    # Of days of which nothing is known no analysis is kept.
    row.insight = insight if insight is not None and insight.pk else None
    row.made_at, row.late = made_at, row.is_late_at(made_at)
    row.save()
    ReportFile.objects.bulk_create(
        ReportFile(report=row, format=name, name=file, content=content)
        for name, (file, content) in files.items()
    )
    if row.kind != Report.Kind.CUSTOM:
        earlier = Report.objects.filter(kind=row.kind, plant_date=row.plant_date)
        earlier = earlier.filter(state=Report.State.ISSUED, revision__lt=row.revision)
        earlier.update(state=Report.State.SUPERSEDED)
    if row.mails:
        address(row)
