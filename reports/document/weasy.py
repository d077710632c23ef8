"""PDF by WeasyPrint: tagged PDF/A-3a that carries its workbook."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from reports.document.pdf import Document, bundled

NOWHERE = "report:/"
"""Where a document stands, so that links inside it can be told from others."""


def weasy_pdf(document: Document) -> bytes:
    """Raises ImportError or OSError where the library or Pango is missing."""
    from weasyprint import HTML, Attachment
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Bundled(URLFetcher):  # type: ignore[misc]
        """Our fonts by name and nothing else: no file, no network."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=())

        def fetch(self, url: str, headers: Any = None) -> Any:
            return URLFetcherResponse(url, bundled(url), {"Content-Type": "font/woff2"})

    made_at = datetime.fromisoformat(document.made_at)
    attached = [
        Attachment(
            string=content, name=name, description="The figures of this report as a workbook",
            created=made_at, modified=made_at, relationship="Data",
        )
        for name, content in document.attachments.items()
    ]  # fmt: skip
    page = HTML(string=document.html, base_url=NOWHERE, url_fetcher=Bundled())
    digest = hashlib.sha256(document.html.encode()).digest()[:16]
    made: bytes = page.write_pdf(
        pdf_variant="pdf/a-3a", pdf_tags=True, attachments=attached, pdf_identifier=digest,
        custom_metadata=False,
    )  # fmt: skip
    return made
