"""PDF by PlutoPrint, which needs nothing beside its own package: the same pages, but no outline, no
tags, no attachment and no PDF/A. Only `pdf.py` imports this, when a PDF is made.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import plutoprint

from reports.document.printable import NOWHERE, Document, NotBundled, bundled


class Bundled(plutoprint.ResourceFetcher):
    """Our fonts by name; whatever else is asked for is empty."""

    def fetch_url(self, url: str) -> Any:
        try:
            return plutoprint.ResourceData(bundled(url), "font/woff2")
        except NotBundled:
            return plutoprint.ResourceData(b"", "text/plain")


def pluto_pdf(document: Document) -> bytes:
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PAGE_MARGINS_NONE)
    book.custom_resource_fetcher = Bundled()
    book.load_html(document.html, base_url=NOWHERE)
    book.set_metadata(plutoprint.PDF_METADATA_TITLE, document.title)
    book.set_metadata(plutoprint.PDF_METADATA_CREATION_DATE, document.made_at)
    made = BytesIO()
    book.write_to_pdf_stream(made)
    return made.getvalue()
