"""HTML as PDF: by WeasyPrint (tagged PDF/A-3, with attachments), else by PlutoPrint."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO

from reports.document.printable import Document

TO_INSTALL = (
    "A PDF needs Pango (Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0; "
    "macOS: brew install pango) or the Python package plutoprint."
)


class NoRenderer(RuntimeError):
    """Neither renderer works here; the sentence says what to install."""


def pdf_of(document: Document) -> bytes:
    """Raises NoRenderer."""
    try:
        # Where Pango is missing WeasyPrint prints advice; what is printed is for our caller.
        with redirect_stdout(StringIO()):
            from reports.document.weasy import weasy_pdf
    except (ImportError, OSError):
        return _second(document)
    return weasy_pdf(document)


def _second(document: Document) -> bytes:
    """Without attachments, tags and PDF/A, but the same pages."""
    try:
        from reports.document.pluto import pluto_pdf
    except (ImportError, OSError) as error:
        raise NoRenderer(TO_INSTALL) from error
    return pluto_pdf(document)
