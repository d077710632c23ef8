"""Texts of a content as they can be printed: without letters that no file format holds."""

from __future__ import annotations

import re
from typing import Any

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
INSTEAD = "\ufffd"


def cleaned(plain: Any) -> Any:
    """A JSON document with every control character in its texts replaced."""
    if isinstance(plain, str):
        return UNPRINTABLE.sub(INSTEAD, plain)
    if isinstance(plain, list):
        return [cleaned(one) for one in plain]
    if isinstance(plain, dict):
        return {key: cleaned(one) for key, one in plain.items()}
    return plain
