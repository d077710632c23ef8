"""How a body is read: strict JSON of a bounded size, so that nothing odd reaches a service."""

from __future__ import annotations

import json
import re
from typing import Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from amis.errors import Invalid, TooLarge

NUL_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
LONGEST_INTEGER = 18


class StrictJson(BaseParser):
    """JSON in UTF-8 of a bounded size; whatever cannot be stored or answered is refused here.

    That is: NaN and infinities, nesting without end, NUL characters and halves of surrogate pairs.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"The body is larger than {limit // 1024 // 1024} MB.")
        try:
            text = raw.decode("utf-8")
            if NUL_ESCAPE.search(text) or "\0" in text:
                raise Invalid("The body holds a NUL character.")
            data = json.loads(
                text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_sensible
            )
            if "\\u" in text:
                json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise Invalid(f"The body is not JSON that AMIS can read: {_short(error)}.") from error
        return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number is out of range")
    return value


def _sensible(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        raise ValueError("a number is out of range")
    return int(text)


def _short(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it is not UTF-8"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:100]
