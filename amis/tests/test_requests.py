"""What reaches a door and what leaves it: odd hosts, chunks and cookies, ids, methods, refusals."""

from __future__ import annotations

import json

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.test import Client, RequestFactory

from amis.asgi import application
from amis.limit import RequestLimit
from amis.middleware import LengthOfChunks

CHICAGO = "plant-chicago.amis.localhost"
SHAPE = {"code", "message", "extra"}
# Python's and Django's cookie parsers read this as a NUL character.
NUL_COOKIE = 'session="\\000aaaaaaaaaaaaaaaa"'


@pytest.mark.parametrize("host", ["10.0.0.9", "amis_web:8000", "a_b,c/d", "[::1]:x"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz/", "/metrics"])
def test_probes_come_with_any_host(db, path, host):
    assert Client(HTTP_HOST=host).get(path).status_code in {200, 503}


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_a_door_that_is_only_read_says_so(db, path, method):
    client = Client(HTTP_HOST=CHICAGO, enforce_csrf_checks=True)
    answer = getattr(client, method)(path, HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert (set(answer.json()), answer.json()["code"]) == (SHAPE, "method_not_allowed")


def test_a_person_who_posts_to_a_page_gets_a_page(db, alice, chicago, client_of):
    answer = client_of(alice, chicago).post("/", HTTP_ACCEPT="text/html")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert b"POST is not possible here." in answer.content


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_schema_and_docs_refuse_in_the_shape_of_all_others(db, path):
    client = Client(HTTP_HOST=CHICAGO)
    for answer in (client.get(path, HTTP_ACCEPT="image/png"), client.post(path)):
        assert answer.status_code in {405, 406}
        assert set(answer.json()) == SHAPE


@pytest.mark.parametrize("path", ["/api/kpis", "/"])
def test_a_cookie_that_can_be_no_session_is_nobodys(db, path):
    client = Client(HTTP_HOST=CHICAGO, HTTP_COOKIE=NUL_COOKIE)
    client.raise_request_exception = False
    assert client.get(path).status_code in {302, 401}


async def test_a_socket_with_such_a_cookie_is_nobodys(committed):
    headers = [(b"host", CHICAGO.encode()), (b"cookie", NUL_COOKIE.encode())]
    socket = WebsocketCommunicator(application, "/ws", headers)
    assert await socket.connect() == (False, 4401)


def test_a_body_in_chunks_is_read(db):
    request = RequestFactory().post("/api/production/submit", b"[1, 2]", "application/json")
    request.META["CONTENT_LENGTH"], request.META["HTTP_TRANSFER_ENCODING"] = "", "chunked"
    LengthOfChunks(lambda request: request)(request)
    assert request.META["CONTENT_LENGTH"] == "6"
    assert request.body == b"[1, 2]"


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-123", True), ("a" * 64, True), ("a" * 65, False), ("a b", False)]
)
def test_a_harmless_request_id_comes_back_and_any_other_is_replaced(db, given, kept):
    answer = Client(HTTP_HOST=CHICAGO).get("/healthz", HTTP_X_REQUEST_ID=given)
    assert (answer["X-Request-ID"] == given) is kept
    assert answer["X-Request-ID"]


async def test_who_waits_too_long_gets_503_with_everything_an_error_has():
    limit = RequestLimit(None, requests=0, wait_s=0.01)
    caller = ApplicationCommunicator(limit, {"type": "http"})
    start, body = await caller.receive_output(), await caller.receive_output()
    headers = dict(start["headers"])
    assert (start["status"], headers[b"retry-after"]) == (503, b"5")
    assert headers[b"x-request-id"]
    assert set(json.loads(body["body"])) == SHAPE
