"""The live connection of a page: a snapshot first, then every event of its plant, and nothing
else.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import redis
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error
from django_tenants.utils import schema_context

from amis.errors import AmisError
from production.live import live_machines, socket_closed, socket_seen
from tenants.live import group_of, sequence
from tenants.sockets import admit

WITHDRAWN, TRY_AGAIN = 4403, 1013
TOO_BIG, TOO_MANY = 1009, 1008
LONGEST_FRAME = 64 * 1024
FRAMES_A_SECOND, FRAMES_AT_ONCE = 20.0, 100.0
STORE_AWAY = (Error, redis.RedisError)


class LiveConsumer(AsyncWebsocketConsumer):
    """`scope["place"]` and `scope["user"]` come from the door."""

    async def connect(self) -> None:
        self.schema: str = self.scope["place"].tenant.schema_name
        self.socket = uuid4().hex
        self.allowance, self.heard_at = FRAMES_AT_ONCE, time.monotonic()
        # Joined first: an event that falls between the two is in the snapshot or comes after it.
        await self.channel_layer.group_add(group_of(self.schema), self.channel_name)
        await self.accept()
        try:
            number, data = await database_sync_to_async(snapshot)(self.schema, self.socket)
        except STORE_AWAY:
            await self._end(TRY_AGAIN)
            return
        self.number = number
        await self._send("snapshot", number, data)
        self.beat = asyncio.create_task(self._keep_alive())

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "beat"):
            self.beat.cancel()
            # A store that is away forgets the socket by itself.
            with suppress(*STORE_AWAY):
                await database_sync_to_async(socket_closed)(self.schema, self.socket)
        if hasattr(self, "schema"):
            await self.channel_layer.group_discard(group_of(self.schema), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Pages have nothing to say here: what they send is counted and thrown away."""
        now = time.monotonic()
        earned = (now - self.heard_at) * FRAMES_A_SECOND
        self.allowance = min(self.allowance + earned, FRAMES_AT_ONCE) - 1
        self.heard_at = now
        if len(bytes_data or (text_data or "").encode()) > LONGEST_FRAME:
            await self._end(TOO_BIG)
        elif self.allowance < 0:
            await self._end(TOO_MANY)

    async def live_frame(self, event: dict[str, Any]) -> None:
        """An event of the plant, as `tenants.live.publish` sent it."""
        frame = event["frame"]
        self.number = max(self.number, frame["seq"])
        self.last_frame = time.monotonic()
        await self.send(json.dumps(frame))

    async def live_withdrawn(self, event: dict[str, Any]) -> None:
        """The plant is closed to everybody."""
        await self._end(WITHDRAWN)

    async def live_doubted(self, event: dict[str, Any]) -> None:
        """Somebody may have lost access here."""
        if event["user_id"] == self.scope["user"].pk:
            await self._may_stay()

    async def _send(self, kind: str, number: int, data: Any) -> None:
        self.last_frame = time.monotonic()
        now = datetime.now(UTC).isoformat()
        await self.send(json.dumps({"type": kind, "seq": number, "time": now, "data": data}))

    async def _keep_alive(self) -> None:
        """At least one frame in every interval, for as long as the person may see the plant."""
        interval = settings.LIVE_INTERVAL_S * 0.9
        while True:
            await asyncio.sleep(max(self.last_frame + interval - time.monotonic(), 0))
            if time.monotonic() - self.last_frame >= interval:
                await self._send("heartbeat", self.number, {})
            if not await self._may_stay():
                return

    async def _may_stay(self) -> bool:
        """Whether the door would still let this connection in; otherwise it is ended."""
        try:
            is_open = await database_sync_to_async(still_open)(self.scope, self.socket)
        except STORE_AWAY:
            # Who cannot be asked about is not let in for longer: the page comes again.
            await self._end(TRY_AGAIN)
            return False
        if not is_open:
            await self._end(WITHDRAWN)
        return is_open

    async def _end(self, code: int) -> None:
        """No event goes out any more, not even while the browser takes its leave."""
        await self.channel_layer.group_discard(group_of(self.schema), self.channel_name)
        await self.close(code)


def snapshot(schema: str, socket: str) -> tuple[int, dict[str, Any]]:
    """The number of the newest event and the state of the plant, which is at least as new."""
    socket_seen(schema, socket)
    number = sequence(schema)
    with schema_context(schema):
        return number, live_machines(schema)


def still_open(scope: dict[str, Any], socket: str) -> bool:
    """Count the socket, and ask whether the door would still let it in: a session may have ended, a
    token or a membership may have been revoked.
    """
    try:
        _, place = admit(scope)
    except AmisError:
        return False
    socket_seen(place.tenant.schema_name, socket)
    return True
