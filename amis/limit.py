"""The number of HTTP requests that are worked on at a time is bounded; the rest wait, then get
503.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from amis import trace

WAIT_S = 10.0


class RequestLimit:
    """ASGI wrapper: without it every waiting request holds a thread and a database connection."""

    def __init__(self, app: Any, *, requests: int, wait_s: float = WAIT_S) -> None:
        self._app = app
        self._places = asyncio.Semaphore(requests)
        self._wait_s = wait_s

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await asyncio.wait_for(self._places.acquire(), self._wait_s)
        except TimeoutError:
            await refuse(scope, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._places.release()


async def refuse(scope: dict[str, Any], send: Any) -> None:
    """503, and a sentence."""
    body = json.dumps(
        {"code": "busy", "message": "Too many requests at once; try again shortly.", "extra": {}}
    ).encode()
    given = dict(scope.get("headers", ())).get(b"x-request-id", b"").decode("latin1")
    headers = [
        (b"content-type", b"application/json"),
        (b"retry-after", b"5"),
        (b"x-request-id", trace.id_of(given).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
