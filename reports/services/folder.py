"""Copies of a report's files in a folder of the plant, with the analysis as text and the charts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from ai_insights.grounding.analysis import Analysis
from reports.document.content import Content
from reports.document.plain import from_plain
from reports.models import Report
from reports.services.render import CHARTS, render

ALWAYS = ("pdf", "xlsx")
INSIGHTS = "ai_insights.txt"
HEADINGS = {
    "executive_summary": "Executive summary",
    "root_cause_analysis": "Root causes",
    "recommendations": "Recommendations",
    "risk_assessment": "Risk and what it costs",
    "what_we_do_not_know": "What we do not know",
    "maintenance_plan": "Maintenance plan",
    "quality_insights": "Quality",
}


def write_copies(report: Report) -> list[Path]:
    """Write an issued report into REPORTS_DIR/<tenant_id>/; the paths. Raises NotRendered."""
    folder = settings.REPORTS_DIR / connection.schema_name
    folder.mkdir(parents=True, exist_ok=True)
    stored = {file.format: file for file in report.files.all()}
    paths = [_write(folder / file.name, bytes(file.content)) for file in stored.values()]
    content = from_plain(Content, report.content)
    paths.append(_write(folder / INSIGHTS, insights_text(content).encode()))
    lacking = [one for one in ALWAYS if one not in stored]
    with TemporaryDirectory(prefix="amis-report-") as name:
        made = render(report.content, Path(name), formats=[*lacking, CHARTS], tell=lambda *_: None)
        for form in lacking:
            paths.append(_write(folder / made[form].name, made[form].read_bytes()))
        for chart in sorted(Path(name).rglob("*.svg")):
            stem = f"{report.plant_date}-{chart.stem}"
            paths.append(_write(folder / f"{stem}.svg", chart.read_bytes()))
    return paths


def insights_text(content: Content) -> str:
    """The analysis as plain text: a heading a section, a sentence a line."""
    head = content.head
    lines = [f"{head.plant_name}, {head.first_day} to {head.last_day}, by {content.written_by}"]
    analysis: Analysis | None = content.analysis
    section = ""
    for name, claim in analysis.claims() if analysis else ():
        if name != section:
            lines += ["", HEADINGS.get(name, name).upper()]
            section = name
        lines.append(claim.text)
    return "\n".join(lines) + "\n"


def _write(path: Path, content: bytes) -> Path:
    """Whole or not at all; readable by its owner."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return Path(shutil.move(fresh, path))
