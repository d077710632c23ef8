"""PDF by PlutoPrint, which needs nothing beside its own package."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from reports.document.pdf import Document, NotBundled, bundled


def pluto_pdf(document: Document) -> bytes:
    """Raises ImportError or OSError where the library is missing."""
    import plutoprint

    class Bundled(plutoprint.ResourceFetcher):
        """Our fonts by name; whatever else is asked for is empty."""

        def fetch_url(self, url: str) -> Any:
            try:
                return plutoprint.ResourceData(bundled(url), "font/woff2")
            except NotBundled:
                return plutoprint.ResourceData(b"", "text/plain")

    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PAGE_MARGINS_NONE)
    book.custom_resource_fetcher = Bundled()
    book.load_html(document.html)
    for name, words in (
        (plutoprint.PDF_METADATA_TITLE, document.title),
        (plutoprint.PDF_METADATA_CREATION_DATE, document.made_at),
    ):
        book.set_metadata(name, words)
    made = BytesIO()
    book.write_to_pdf_stream(made)
    return made.getvalue()
