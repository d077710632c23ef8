"""Attempts to sign in go one after another from each address, and who was refused is refused again
for some seconds without any work: an attack holds neither places nor processors that others need.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from amis import trace
from amis.callers import caller_address, household
from amis.limit import refuse
from tenants.guesses import WATCHED
from tenants.rates import is_shut

WAIT_S, KEPT_S, MOST_KEPT = 30.0, 5.0, 1000
PAUSE_S, LONGEST_LINE = 0.02, 32
"""Who goes on asking hears 50 refusals a second, unless more wait in line than would be served."""
PERSONAL = frozenset({b"x-request-id", b"set-cookie"})
Message = dict[str, Any]
Kind = tuple[str, bytes, bytes]
"""Caller, and in what form and encoding it reads."""


@dataclass(slots=True)
class Answer:
    """A refusal as it was sent."""

    until: float
    messages: list[Message] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return bool(self.messages) and not self.messages[-1].get("more_body", False)


class Turns:
    """ASGI wrapper, outside of the bounded places, so that whoever waits here holds none."""

    def __init__(self, app: Any, *, at_once: int, wait_s: float = WAIT_S) -> None:
        self._app = app
        self._at_once, self._wait_s = at_once, wait_s
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._in_line: Counter[str] = Counter()
        self._kept: dict[Kind, Answer] = {}

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if (scope["type"], scope.get("method")) != ("http", "POST") or scope["path"] not in WATCHED:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        kind = (_caller(scope, headers), headers.get(b"accept", b""),
                headers.get(b"accept-encoding", b""))  # fmt: skip
        async with self._turn(kind[0]) as has_come:
            if has_come:
                await self._answer(kind, scope, receive, send)
            else:
                await refuse(scope, send)

    async def _answer(self, kind: Kind, scope: Message, receive: Any, send: Any) -> None:
        known = self._kept.get(kind)
        if known and known.is_whole and known.until > time.monotonic() and is_shut(kind[0]):
            if self._in_line[kind[0]] <= LONGEST_LINE:
                await asyncio.sleep(PAUSE_S)
            for message in known.messages:
                await send(_for_anybody(message, scope))
            return
        await self._app(scope, receive, self._keeping(kind, send))

    def _keeping(self, kind: Kind, send: Any) -> Any:
        """Sends, and keeps what refuses this address."""
        answer = Answer(time.monotonic() + KEPT_S)

        async def sends(message: Message) -> None:
            if answer.messages or message.get("status") == 429:
                answer.messages.append(message)
            if answer.is_whole and message["type"] == "http.response.body" and is_shut(kind[0]):
                self._keep(kind, answer)
            await send(message)

        return sends

    def _keep(self, kind: Kind, answer: Answer) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[kind] = answer

    @asynccontextmanager
    async def _turn(self, caller: str) -> AsyncIterator[bool]:
        """Waits for it; False where it does not come."""
        turn = self._turns.setdefault(caller, asyncio.Semaphore(self._at_once))
        self._in_line[caller] += 1
        try:
            has_come = await _acquired(turn, self._wait_s)
            try:
                yield has_come
            finally:
                if has_come:
                    turn.release()
        finally:
            self._in_line[caller] -= 1
            if not self._in_line[caller]:
                del self._in_line[caller], self._turns[caller]


async def _acquired(turn: asyncio.Semaphore, wait_s: float) -> bool:
    try:
        return await asyncio.wait_for(turn.acquire(), wait_s)
    except TimeoutError:
        return False


def _caller(scope: Message, headers: dict[bytes, bytes]) -> str:
    forwarded = headers.get(b"x-forwarded-for", b"").decode("latin1")
    peer = (scope.get("client") or [""])[0]
    return household(caller_address(peer, forwarded, settings.ENVIRONMENT.doors.proxies))


def _for_anybody(message: Message, scope: Message) -> Message:
    """With the caller's own id, and without the cookies of whoever was refused before."""
    if "headers" not in message:
        return message
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin1")
    others = [(name, text) for name, text in message["headers"] if name.lower() not in PERSONAL]
    return {**message, "headers": [*others, (b"X-Request-ID", trace.id_of(given).encode())]}
