"""How events travel: publish to a plant's topic, count them, and keep every key inside its
plant.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import redis
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection

TOPIC = "live"


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Django's cache key with the schema in front, so that no plant reads another's entry."""
    return f"{connection.schema_name}:cache:{key_prefix}:{version}:{key}"


def plant_key(schema: str, name: str) -> str:
    """A Valkey key of one plant."""
    return f"{schema}:{name}"


def group_of(schema: str, topic: str = TOPIC) -> str:
    """The channel group of one plant's topic."""
    return f"{schema}.{topic}"


@lru_cache(maxsize=1)
def valkey() -> redis.Redis:
    """The process's connection pool to Valkey; safe to share between threads."""
    return redis.Redis.from_url(
        settings.ENVIRONMENT.redis_url, socket_timeout=5, socket_connect_timeout=5
    )


def sequence(schema: str) -> int:
    """The number of the newest event of a plant; 0 before the first."""
    return int(valkey().get(plant_key(schema, "seq")) or 0)


def event(schema: str, kind: str, data: Any) -> dict[str, Any]:
    """Number an event and date it; the frame that browsers get."""
    pipe = valkey().pipeline()
    now = datetime.now(UTC).isoformat()
    pipe.incr(plant_key(schema, "seq"))
    pipe.set(plant_key(schema, "last_event_at"), now)
    number, _ = pipe.execute()
    return {"type": kind, "seq": int(number), "time": now, "data": data}


def publish(schema: str, kind: str, data: Any) -> None:
    """Send an event to everybody who watches the plant; call it after the commit."""
    async_to_sync(apublish)(schema, kind, data)


async def apublish(schema: str, kind: str, data: Any) -> None:
    """`publish` for code that already runs in an event loop."""
    frame = event(schema, kind, data)
    layer = get_channel_layer()
    await layer.group_send(group_of(schema), {"type": "live.frame", "frame": frame})


def doubt(schema: str, user_id: int) -> None:
    """Ask again whether this person's live connections of the plant may stay open; call it after
    the commit.
    """
    message = {"type": "live.doubted", "user_id": user_id}
    async_to_sync(get_channel_layer().group_send)(group_of(schema), message)


def withdraw(schema: str) -> None:
    """Close every live connection of the plant."""
    async_to_sync(get_channel_layer().group_send)(group_of(schema), {"type": "live.withdrawn"})
