"""What is printed as PDF, and the only files that it may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "vendor"
SCHEME = "font:"
NOWHERE = "report:/"
"""Where a document stands, so that links inside it can be told from others."""


class NotBundled(ValueError):
    """A document asked for something that is not one of our fonts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`attachments` are file name → bytes; `made_at` is an ISO time for the file's metadata."""

    html: str
    title: str
    made_at: str
    attachments: Mapping[str, bytes] = field(default_factory=dict)


def bundled(url: str) -> bytes:
    """One of our fonts by its url; anything else is refused, before any other place is looked at.

    Raises NotBundled.
    """
    name = url.removeprefix(SCHEME)
    known = {path.name: path for path in FONTS.glob("plex-*.woff2")}
    if not url.startswith(SCHEME) or name not in known:
        raise NotBundled(f"A report may not ask for {url[:80]!r}.")
    return known[name].read_bytes()
