"""What every answer carries, over every route: no page of ours can be framed, sniffed or scripted
by others, and every answer can be found in the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from daphne.http_protocol import HTTPFactory
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from django.contrib.messages import get_messages
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django_tenants.utils import tenant_context
from twisted.internet.testing import StringTransport

from amis.asgi import application
from amis.refusals import answer_refusals_in_full
from amis.trace import GIVEN_ID
from production.tests.factories import make_machine
from tenants.sessions import Messages

CHICAGO, BASE = "plant-chicago.amis.localhost", "amis.localhost"
METHODS = ("get", "post", "put", "patch", "delete")
STATIC = ("/static/css/amis.css", "/static/js/theme.js", "/static/none.css")
SAMPLES = {"tenant_id": "plant_chicago", "machine_id": "M001"}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OF_THE_PLATFORM = re.compile(r"/admin/(tenants|auth|django_celery_beat)/")
GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


def paths() -> list[str]:
    """A path of each route, sorted."""
    return sorted({f"/{path}" for path in _walk(get_resolver().url_patterns, "")} | {*STATIC})


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + re.sub(r"\\(.)", r"\1", str(pattern.pattern).strip("^$"))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            filled = PARAMETER.sub(lambda found: SAMPLES.get(found[1], "7"), route)
            yield GROUP.sub(lambda found: SAMPLES.get(found[1], "7"), filled).replace("\\Z", "")


def faults(answer, *, https: bool = False) -> list[str]:
    """What the answer lacks, or says too much."""
    policy = answer.get("Content-Security-Policy", "")
    needed = ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'self'")
    claims = {
        "an id": GIVEN_ID.fullmatch(answer.get("X-Request-ID", "")),
        "a policy": all(part in policy for part in needed) and "unsafe" not in policy,
        "nosniff": answer.get("X-Content-Type-Options") == "nosniff",
        "a referrer policy": answer.get("Referrer-Policy") == "same-origin",
        "no server": "Server" not in answer and "X-Powered-By" not in answer,
        "HSTS where it is https": ("Strict-Transport-Security" in answer) is https,
        "Allow with 405": answer.status_code != 405 or bool(answer.get("Allow")),
        "Retry-After": answer.status_code not in {429, 503} or bool(answer.get("Retry-After")),
    }
    return [claim for claim, holds in claims.items() if not holds]


def found_wanting(client: Client, *, of: list[str], methods: tuple[str, ...]) -> list[str]:
    asked = [(method, path) for path in of for method in methods]
    answers = [(method, path, getattr(client, method)(path)) for method, path in asked]
    return [f"{method} {path}: {fault}" for method, path, one in answers for fault in faults(one)]


def test_the_walk_knows_the_doors_that_there_are():
    known = paths()
    assert len(known) > 100
    for path in ("/", "/accounts/login/", "/api/kpis", "/api/tenants/plant_chicago/kpis/"):
        assert path in known


def test_every_answer_to_a_stranger_has_all_headers(db, chicago):
    for host in (CHICAGO, BASE):
        assert found_wanting(Client(HTTP_HOST=host), of=paths(), methods=METHODS) == []


def test_every_page_and_figure_has_all_headers(committed, person, chicago, client_of):
    root = person("root", admin=True, chicago="admin")
    with tenant_context(chicago):
        make_machine()
    reading = ("get", "put")
    of_a_plant = [path for path in paths() if not OF_THE_PLATFORM.match(path)]
    assert found_wanting(client_of(root, chicago), of=of_a_plant, methods=reading) == []
    of_no_plant = [path for path in paths() if not path.startswith("/admin/")]
    assert found_wanting(client_of(root), of=of_no_plant, methods=reading) == []


@override_settings(SECURE_HSTS_SECONDS=31_536_000)
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/api/kpis", *STATIC])
def test_browsers_are_held_to_https_where_it_is_spoken(db, chicago, path):
    client = Client(HTTP_HOST=CHICAGO)
    assert faults(client.get(path, secure=True), https=True) == []
    assert faults(client.get(path)) == []


def test_messages_go_from_page_to_page(db):
    request = RequestFactory().get("/")
    request._messages = Messages(request)
    request._messages.add(20, "Saved.")
    assert [str(one) for one in get_messages(request)] == ["Saved."]


def answered(sent: bytes) -> bytes:
    """What the server itself says to bytes from the network."""
    answer_refusals_in_full()
    server = Server(application, endpoints=["none: it is spoken to directly"], server_name="")
    server.connections = {}
    protocol = HTTPFactory(server).buildProtocol(None)
    transport = StringTransport()
    protocol.makeConnection(transport)
    protocol.dataReceived(sent)
    return transport.value()


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /?\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_with_an_id_and_without_a_servers_name(sent):
    head, _, _ = answered(sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert re.search(rb"(?im)^x-request-id: [0-9a-f]{32}\r?$", head)
    assert not re.search(rb"(?im)^server:", head)


def test_a_refused_live_connection_has_an_id_too():
    answer_refusals_in_full()
    sent: list[bytes] = []
    socket = SimpleNamespace(http_headers={"x-request-id": "abc-7"}, sendData=sent.append)
    WebSocketProtocol.sendHttpErrorResponse(socket, 429, "Too many requests")
    head = b"".join(sent)
    assert head.startswith(b"HTTP/1.1 429 Too many requests\r\n")
    assert b"\r\nX-Request-ID: abc-7\r\n" in head


async def test_an_open_live_connection_has_the_id_of_its_request(
    committed, alice, chicago, token_for
):
    token = await sync_to_async(token_for)(alice, chicago)
    headers = [
        (b"host", CHICAGO.encode()),
        (b"authorization", f"Token {token}".encode()),
        (b"x-request-id", b"abc-7"),
    ]
    live = WebsocketCommunicator(application, "/ws", headers)
    await live.send_input({"type": "websocket.connect"})
    accepted = await live.receive_output(timeout=5)
    assert (b"x-request-id", b"abc-7") in accepted["headers"]
    await live.disconnect()
