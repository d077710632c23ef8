"""Making a report: analysis, content, files, issue. Made twice it leaves one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import timezone as clock

from ai_insights.services.write import write_insight
from analytics.models import Run
from reports.document.plain import to_plain
from reports.models import Report
from reports.selectors.content import build_content
from reports.selectors.content.sheet import moment_of
from reports.selectors.windows import window_of_report
from reports.services.begin import report_of
from reports.services.issue import issue_report
from reports.services.render import render

Tell = Callable[[float, str], None]


def make_report(run: Run, *, tell: Tell) -> str:
    """Do the work of a run; where its report is shown. A worker that is killed leaves nothing that
    the next one would have to undo.
    """
    report = report_of(run)
    if report is None:
        return ""
    if report.state == Report.State.MAKING:
        _make(report, tell)
    return f"/api/reports/{report.pk}"


def _make(report: Report, tell: Tell) -> None:
    now, window = clock.now(), window_of_report(report)
    # An earlier window is analysed with what was known at its end.
    moment = moment_of(report, now=now)
    insight = write_insight(
        window=window, now=moment, asked_by=report.asked_by, tell=_part(tell, 0, 30)
    )
    tell(30, "Collecting the figures")
    content = to_plain(build_content(report, insight=insight, now=now))
    with TemporaryDirectory(prefix="amis-report-") as name:
        paths = render(content, Path(name), formats=report.formats, tell=_part(tell, 40, 95))
        files = {form: (path.name, path.read_bytes()) for form, path in paths.items()}
    tell(95, "Issuing")
    issue_report(report, content=content, files=files, insight=insight, made_at=now)


def _part(tell: Tell, low: float, high: float) -> Tell:
    """Progress of a step as progress of the whole."""
    return lambda percent, step: tell(low + (high - low) * percent / 100, step)
