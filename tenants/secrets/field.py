"""A column whose text is sealed in the database and plain in Python."""

from __future__ import annotations

from typing import Any

from django.db import models

from tenants.secrets.seal import Locked, WrongKey, seal, unseal


class SealedField(models.TextField):
    """An empty text stays empty, so that queries can tell whether there is one. A text that no key
    opens comes as Locked and is written back untouched; nothing breaks where a row is only read.
    """

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        if not value:
            return value
        try:
            return unseal(value)
        except WrongKey:
            return Locked(value)

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        if not text:
            return text
        return str(value) if isinstance(value, Locked) else seal(text)
