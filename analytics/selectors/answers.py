"""Answers made from stored predictions, kept in Valkey until something new was stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db import connection, transaction

from tenants.live import plant_key, valkey

KEEP_S = 600
Answer = TypeVar("Answer")


def answers_changed() -> None:
    """After the commit, nothing that was kept before is used again."""
    key = plant_key(connection.schema_name, "answers")
    transaction.on_commit(lambda: valkey().incr(key))


def kept(name: str, make: Callable[[], Answer]) -> Answer:
    """The answer of this name, made where it is not kept; None is not kept."""
    version = int(valkey().get(plant_key(connection.schema_name, "answers")) or 0)
    key = f"answer:{version}:{name}"
    answer: Answer | None = cache.get(key)
    if answer is None:
        answer = make()
        cache.set(key, answer, KEEP_S)
    return answer
