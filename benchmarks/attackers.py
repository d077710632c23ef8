"""Thirty-two clients of eight plants: who asks over HTTP, who listens to the live connection."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Protocol

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.attacked_plants import PLANTS
from benchmarks.canary import canaries

ASKING, LISTENING = 24, 8
PATHS = (
    "api/kpis?days=2&group_by=machine",
    "api/machines",
    "api/machines/live",
    "api/production?days=2",
    "api/stops?days=2",
    "api/data-issues?days=7",
    "api/websocket/status",
    "api/reports",
)
FOREIGN_SHARE, GIVEN_UP_SHARE = 0.1, 0.05
PATIENCE_S = 10.0


class Target(Protocol):
    """Where the clients go and what they know; they end when `over` is set."""

    port: int
    keys: dict[str, str]
    over: threading.Event
    seen: Counter[str]
    finds: list[str]


def set_on(target: Target) -> list[threading.Thread]:
    """Start them all."""
    asking = [
        threading.Thread(target=_ask_on, args=(target, PLANTS[n % len(PLANTS)], random.Random(n)))
        for n in range(ASKING)
    ]
    listening = [
        threading.Thread(target=_listen_on, args=(target, PLANTS[n % len(PLANTS)]))
        for n in range(LISTENING)
    ]
    for client in (clients := asking + listening):
        client.start()
    return clients


def _ask_on(target: Target, own: str, chance: random.Random) -> None:
    line = _line(target)
    while not target.over.is_set():
        aim = chance.choice(PLANTS) if chance.random() < FOREIGN_SHARE else own
        gives_up = chance.random() < GIVEN_UP_SHARE
        try:
            line.request("GET", *_request(target, own, aim, chance))
            if gives_up:
                raise ConnectionAbortedError
            answer = line.getresponse()
            _judge(target, own, aim, answer.status, answer.read().decode("utf-8", "replace"))
        except (OSError, HTTPException):
            target.seen["given up" if gives_up else "broken off"] += 1
            line.close()
            line = _line(target)
            time.sleep(0.0 if gives_up else 0.2)
    line.close()


def _line(target: Target) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", target.port, timeout=PATIENCE_S)


def _request(target: Target, own: str, aim: str, chance: random.Random) -> tuple[str, None, dict]:
    """A path and headers in one of the three forms, with `own`'s token whatever is aimed at."""
    path, form = chance.choice(PATHS), chance.randrange(3)
    headers = {"Authorization": f"Token {target.keys[own]}", "Host": "amis.localhost"}
    if form == 0:
        headers["Host"] = f"{aim.replace('_', '-')}.amis.localhost"
    elif form == 1:
        headers["X-Tenant"] = aim
    else:
        path = f"api/tenants/{aim}/{path.removeprefix('api/')}"
    return f"/{path}", None, headers


def _judge(target: Target, own: str, aim: str, status: int, body: str) -> None:
    target.seen[f"HTTP {status}"] += 1
    named = canaries(body)
    if named - {own} or (aim != own and named):
        target.finds.append(f"HTTP {status} of {own} at {aim} names {sorted(named)}")
    if aim != own and status not in (404, 429, 503):
        target.finds.append(f"HTTP {status} for {own} at {aim}")
    if status >= 500 and status != 503:
        target.seen["5xx"] += 1


def _listen_on(target: Target, own: str) -> None:
    url = f"ws://127.0.0.1:{target.port}/ws"
    headers = {"Authorization": f"Token {target.keys[own]}"}
    while not target.over.is_set():
        with suppress(OSError, WebSocketException, TimeoutError):
            raw = socket.create_connection(("127.0.0.1", target.port), PATIENCE_S)
            with connect(
                url.replace("127.0.0.1", f"{own.replace('_', '-')}.amis.localhost"),
                sock=raw,
                additional_headers=headers,
                open_timeout=PATIENCE_S,
                close_timeout=1,
            ) as live:
                _hear(target, own, live)
        time.sleep(0.2)


def _hear(target: Target, own: str, live: object) -> None:
    while not target.over.is_set():
        frame = live.recv(timeout=PATIENCE_S)
        target.seen["frames"] += 1
        if named := canaries(frame) - {own}:
            target.finds.append(f"a frame of {own} names {sorted(named)}")
