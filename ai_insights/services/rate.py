"""How often a plant may have an analysis written anew: tokens cost money, and workers are few."""

from __future__ import annotations

import time
from uuid import uuid4

from django.db import connection

from amis.errors import TooMany
from tenants.live import plant_key, valkey

MOST, PER_S = 10, 60.0


def take_turn() -> None:
    """Count one request of the current plant. Raises TooMany where a minute has had its share."""
    key, now, mine = plant_key(connection.schema_name, "insights:asked"), time.time(), uuid4().hex
    pipe = valkey().pipeline()
    pipe.zremrangebyscore(key, 0, now - PER_S)
    pipe.zadd(key, {mine: now})
    pipe.zcard(key)
    pipe.zrange(key, 0, 0, withscores=True)
    pipe.expire(key, int(PER_S) + 1)
    _, _, count, oldest, _ = pipe.execute()
    if count > MOST:
        # Who is refused does not make the next one wait longer.
        valkey().zrem(key, mine)
        wait = max(oldest[0][1] + PER_S - now, 1.0)
        raise TooMany(f"At most {MOST} analyses a minute; try again in {wait:.0f} s.", wait=wait)
