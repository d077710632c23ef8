"""PDF by WeasyPrint: tagged PDF/A-3a that carries its workbook. Only `pdf.py` imports this, when a
PDF is made: it fails where Pango is missing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from weasyprint import HTML, Attachment
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reports.document.printable import NOWHERE, Document, bundled


class Bundled(URLFetcher):  # type: ignore[misc]
    """Our fonts by name and nothing else: no file, no network."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())

    def fetch(self, url: str, headers: Any = None) -> Any:
        return URLFetcherResponse(url, bundled(url), {"Content-Type": "font/woff2"})


def weasy_pdf(document: Document) -> bytes:
    """Its identifier comes from its content."""
    page = HTML(string=document.html, base_url=NOWHERE, url_fetcher=Bundled())
    made_at = datetime.fromisoformat(document.made_at)
    attached = [
        Attachment(
            string=content, name=name, description="The figures of this report as a workbook",
            created=made_at, modified=made_at, relationship="Data",
        )
        for name, content in document.attachments.items()
    ]  # fmt: skip
    digest = hashlib.sha256(document.html.encode()).digest()[:16]
    made: bytes = page.write_pdf(
        pdf_variant="pdf/a-3a", pdf_tags=True, attachments=attached, pdf_identifier=digest
    )
    return made
