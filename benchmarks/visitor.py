"""Somebody of one plant who asks over HTTP with a key, on a connection that stays open."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any, Self

WITHIN_S = 60


class Visitor:
    """`plant` None asks on the base host, `token` None as a stranger."""

    def __init__(self, port: int, plant: str | None, token: str | None) -> None:
        label = f"{plant.replace('_', '-')}." if plant else ""
        self._headers = {"Host": f"{label}amis.localhost:{port}"}
        if token is not None:
            self._headers["Authorization"] = f"Token {token}"
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def ask(self, path: str, body: object = None) -> tuple[int, bytes]:
        """Status and body of the answer, 0 where there is none; with a body it is a POST."""
        content = None if body is None else json.dumps(body)
        headers = self._headers | ({"Content-Type": "application/json"} if content else {})
        for _ in range(2):
            try:
                self._line.request("POST" if content else "GET", path, content, headers)
                answer = self._line.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                # One that was idle for long has been closed at the other end; a new one is not.
                self._line.close()
        return 0, b""

    def read(self, path: str) -> Any:
        """The JSON of an answer."""
        return json.loads(self.ask(path)[1])

    def timed(self, path: str) -> tuple[int, float]:
        """Status, 0 for none, and the milliseconds until the last byte."""
        began = time.perf_counter()
        status, _ = self.ask(path)
        return status, (time.perf_counter() - began) * 1000


def after(seconds: float) -> Callable[[], bool]:
    """Whether so many seconds have passed since now."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until
