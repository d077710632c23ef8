"""The files of a report: their names and bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reports.document.charts import charts
from reports.document.content import Content
from reports.document.lines import csv_of
from reports.document.pdf import pdf_of
from reports.document.printable import Document
from reports.document.report import report_html, title_of
from reports.document.workbook import workbook_of

FORMATS = ("pdf", "xlsx", "csv")


def stem_of(content: Content) -> str:
    """plant_chicago-2026-11-18, of several days …-2026-11-12-2026-11-18; a revision adds -r2."""
    head = content.head
    days = [head.first_day.isoformat()]
    if head.last_day != head.first_day:
        days.append(head.last_day.isoformat())
    revision = [f"r{head.revision}"] if head.revision > 1 else []
    plant = re.sub(r"[^a-z0-9_]", "_", head.plant_id.lower())
    return "-".join(["amis", plant, *days, *revision])


def files_of(content: Content, formats: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    """(format, file name, bytes) of each; the PDF carries the workbook.

    Raises NoRenderer where no PDF can be made.
    """
    stem = stem_of(content)
    workbook = workbook_of(content) if {"pdf", "xlsx"} & set(formats) else b""
    for name in FORMATS:
        if name in formats:
            yield name, f"{stem}.{name}", _made(name, content, workbook)


def _made(name: str, content: Content, workbook: bytes) -> bytes:
    if name == "xlsx":
        return workbook
    return csv_of(content) if name == "csv" else report_pdf(content, workbook)


def report_pdf(content: Content, workbook: bytes) -> bytes:
    """Raises NoRenderer."""
    document = Document(
        html=report_html(content, charts(content)),
        title=title_of(content),
        made_at=content.head.made_at.isoformat(),
        attachments={f"{stem_of(content)}.xlsx": workbook},
    )
    return pdf_of(document)
