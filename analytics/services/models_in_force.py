"""Which trained model answers for an instant, loaded once a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from analytics.models import ModelVersion
from analytics.services.registry import parts_of

MOST_LOADED = 6
_loaded: OrderedDict[tuple[str, int, datetime], Any] = OrderedDict()


def loaded(version: ModelVersion, load: Callable[[Mapping[str, bytes]], Any]) -> Any:
    """The model of a version. A version never changes, so that a process may keep it."""
    # A plant of the same id that was made anew counts from 1 again.
    key = (connection.schema_name, version.pk, version.created_at)
    if key not in _loaded:
        _loaded[key] = load(parts_of(version))
    _loaded.move_to_end(key)
    while len(_loaded) > MOST_LOADED:
        _loaded.popitem(last=False)
    return _loaded[key]
