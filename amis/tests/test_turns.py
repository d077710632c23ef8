"""Attempts to sign in from one address go one after another, and refusals cost nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from amis import turns
from amis.turns import Turns

PATH = "/accounts/login/"
REFUSED = [
    {"type": "http.response.start", "status": 429, "headers": [(b"X-Request-ID", b"first")]},
    {"type": "http.response.body", "body": b"Too many"},
]
PASSED = [
    {"type": "http.response.start", "status": 200, "headers": []},
    {"type": "http.response.body", "body": b"again"},
]


class Site:
    """Says what it is told to, after a moment; remembers how many it worked on at a time."""

    def __init__(self) -> None:
        self.messages = PASSED
        self.asked = self.now = self.most = 0
        self.began = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        self.now -= 1
        for message in self.messages:
            await send(message)


@pytest.fixture
def shut(monkeypatch) -> set[str]:
    addresses: set[str] = set()
    monkeypatch.setattr(turns, "is_shut", addresses.__contains__)
    return addresses


async def post(app: Turns, address: str = "192.0.2.1", path: str = PATH, **headers: str):
    """Status, headers and body of the answer."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": named,
             "client": (address, 1)}  # fmt: skip
    await app(scope, None, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


async def test_one_address_has_one_turn_at_a_time_and_nobody_else_waits_for_it(shut):
    site = Site()
    app = Turns(site, at_once=1)
    await asyncio.gather(*(post(app) for _ in range(5)))
    assert (site.asked, site.most) == (5, 1)
    await asyncio.gather(*(post(app, f"192.0.2.{n}") for n in range(5)))
    assert site.most == 5
    await asyncio.gather(*(post(app, path="/api/kpis") for _ in range(7)))
    assert site.most == 7
    assert not app._turns
    assert not app._in_line


async def test_who_was_refused_is_refused_without_asking_the_site_again(shut):
    site = Site()
    site.messages = REFUSED
    app = Turns(site, at_once=1)
    shut.add("192.0.2.1")
    answers = [await post(app, x_request_id=f"r-{n}") for n in range(4)]
    assert site.asked == 1
    assert [answer[0] for answer in answers] == [429] * 4
    assert [a[1][b"X-Request-ID"] for a in answers] == [b"first", b"r-1", b"r-2", b"r-3"]
    assert answers[3][2] == b"Too many"


async def test_who_goes_on_asking_is_slowed_down_but_a_crowd_is_not(shut):
    site = Site()
    site.messages = REFUSED
    app = Turns(site, at_once=1)
    shut.add("192.0.2.1")
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(post(app) for _ in range(5)))
    assert asyncio.get_running_loop().time() - began >= 4 * turns.PAUSE_S
    began = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(post(app) for _ in range(300)))
    assert {answer[0] for answer in answers} == {429}
    assert asyncio.get_running_loop().time() - began < 300 * turns.PAUSE_S / 2


async def test_a_refusal_is_for_its_address_its_form_and_its_moment(shut, monkeypatch):
    site = Site()
    site.messages = REFUSED
    app = Turns(site, at_once=1)
    shut.add("192.0.2.1")
    await post(app)
    site.messages = PASSED
    assert (await post(app, "192.0.2.2"))[0] == 200
    assert (await post(app, accept="application/json"))[0] == 200
    assert (await post(app))[0] == 429
    shut.clear()
    assert (await post(app))[0] == 200


async def test_a_refused_account_does_not_shut_its_address(shut):
    site = Site()
    site.messages = REFUSED
    app = Turns(site, at_once=1)
    await post(app)
    site.messages = PASSED
    assert (await post(app))[0] == 200


async def test_who_waits_too_long_is_told_to_come_again(shut):
    app = Turns(Site(), at_once=0, wait_s=0.01)
    status, headers, _ = await post(app)
    assert (status, headers[b"retry-after"]) == (503, b"5")
    assert not app._turns


async def test_a_refusal_that_is_sent_again_brings_nobody_elses_cookies(shut):
    site = Site()
    start, body = REFUSED
    cookies = [(b"Set-Cookie", b'session=""; Max-Age=0'), (b"Set-Cookie", b"csrf=somebodys")]
    site.messages = [{**start, "headers": [*start["headers"], *cookies]}, body]
    app = Turns(site, at_once=1)
    shut.add("192.0.2.1")
    _, first, _ = await post(app)
    _, second, _ = await post(app)
    assert site.asked == 1
    assert b"Set-Cookie" in first
    assert b"Set-Cookie" not in second
