"""Somebody who waits for the plant's first live value: in a Chromium, or at the bare WebSocket."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

from playwright.sync_api import Error, WebSocket, sync_playwright
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.figure import CannotMeasure
from benchmarks.stack import Stack

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
PLANT = "plant_chicago"
WITHIN_S = 120.0
SHOWN = """() => document.querySelector("[data-live=on]")
  && document.querySelector("#tiles [data-machine-id]:not([data-tone=none])")"""


def chromium() -> str | None:
    """AMIS_CHROMIUM, or the first Chromium on the PATH."""
    named = os.environ.get("AMIS_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


class Window:
    """Alice's browser, which she leaves open and signed in while the demo is away."""

    kind = "browser"

    def __init__(self, program: str) -> None:
        self._program = program
        self._newest = datetime.min.replace(tzinfo=UTC)

    def __enter__(self) -> Self:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=self._program, args=[*FLAGS, *as_root]
        )
        self._page = self._browser.new_page()
        self._page.on("websocket", self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def sign_in(self, stack: Stack) -> None:
        alice = next(user for user in stack.demo["users"] if user["username"] == "alice")
        self._page.goto(f"{_url(stack)}/accounts/login/")
        self._page.get_by_label("E-mail").fill(alice["email"])
        self._page.get_by_label("Password").fill(alice["password"])
        self._page.get_by_role("button", name="Sign in").click()
        self._page.wait_for_selector("#tiles")

    def close_page(self) -> None:
        self._page.goto("about:blank")

    def see_live(self, stack: Stack, *, since: datetime) -> None:
        """Return when the page shows a machine's state that was measured after `since`."""
        url = _url(stack)
        _until(lambda: self._opens(url), stack)
        _until(lambda: self._newest > since and self._page.evaluate(SHOWN), stack, self._rest)

    def _opens(self, url: str) -> bool:
        try:
            answer = self._page.goto(url)
        except Error:
            return False
        return answer is not None and answer.ok

    def _rest(self) -> None:
        self._page.wait_for_timeout(50)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._take)

    def _take(self, frame: str | bytes) -> None:
        self._newest = max(self._newest, _newest(json.loads(frame)))


class Socket:
    """A WebSocket client instead of a browser."""

    kind = "WebSocket client, no Chromium found"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def sign_in(self, stack: Stack) -> None:
        tokens = stack.demo["tokens"]
        self._token = next(t["token"] for t in tokens if t["tenant_id"] == PLANT)

    def close_page(self) -> None:
        return

    def see_live(self, stack: Stack, *, since: datetime) -> None:
        """Return when a frame tells of a machine's value that was measured after `since`."""
        _until(lambda: self._hears(stack.port, since), stack)

    def _hears(self, port: int, since: datetime) -> bool:
        url = f"ws://127.0.0.1:{port}/ws?tenant_id={PLANT}&token={self._token}"
        try:
            with connect(url, open_timeout=5) as socket:
                while _newest(json.loads(socket.recv(timeout=10))) <= since:
                    pass
        except (OSError, TimeoutError, WebSocketException):
            return False
        return True


def observer() -> Window | Socket:
    """A browser where there is one."""
    program = chromium()
    return Window(program) if program else Socket()


def _url(stack: Stack) -> str:
    return f"http://{PLANT.replace('_', '-')}.amis.localhost:{stack.port}"


def _newest(frame: dict[str, Any]) -> datetime:
    """The newest source time of a frame's machines that are live."""
    data = frame["data"] if frame["type"] in {"snapshot", "machine"} else {}
    machines = data.get("machines", [data])
    stamps = [
        datetime.fromisoformat(one["source_timestamp"])
        for one in machines
        if one.get("source_timestamp") and not one["is_stale"]
    ]
    return max(stamps, default=datetime.min.replace(tzinfo=UTC))


def _until(
    claim: Callable[[], Any], stack: Stack, rest: Callable[[], None] = lambda: time.sleep(0.1)
) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not claim():
        stack.look()
        if time.monotonic() > deadline:
            raise CannotMeasure(f"No live value within {WITHIN_S:.0f} s.")
        rest()
