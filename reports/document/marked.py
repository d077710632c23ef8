"""Marks a text of this room for translation: `makemessages` collects what stands in `_("…")`, here
and in the room's templates. The room knows no Django, so the text stays as it is.
"""

from __future__ import annotations


def _(text: str) -> str:
    return text
