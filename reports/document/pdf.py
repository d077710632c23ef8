"""HTML as PDF: by WeasyPrint (tagged PDF/A-3, with attachments), else by PlutoPrint."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "vendor"
SCHEME = "font:"
NOWHERE = "report:/"
"""Where a document stands, so that links inside it can be told from others."""
TO_INSTALL = (
    "A PDF needs Pango (Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0; "
    "macOS: brew install pango) or the Python package plutoprint."
)


class NoRenderer(RuntimeError):
    """Neither renderer works here; the sentence says what to install."""


class NotBundled(ValueError):
    """A document asked for something that is not one of our fonts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`attachments` are file name → bytes; `made_at` is an ISO time for the file's metadata."""

    html: str
    title: str
    made_at: str
    attachments: Mapping[str, bytes] = field(default_factory=dict)


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


def bundled(url: str) -> bytes:
    """One of our fonts by its url; anything else is refused, before any other place is looked at.

    Raises NotBundled.
    """
    name = url.removeprefix(SCHEME)
    known = {path.name: path for path in FONTS.glob("plex-*.woff2")}
    if not url.startswith(SCHEME) or name not in known:
        raise NotBundled(f"A report may not ask for {url[:80]!r}.")
    return known[name].read_bytes()
