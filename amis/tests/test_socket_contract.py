"""The live connection keeps the rules of the other doors: three forms, 401, one 404."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client
from django_tenants.utils import tenant_context

from amis.asgi import application
from production.tests.factories import make_machine

CHICAGO, BASE = "plant-chicago.amis.localhost", "amis.localhost"
FRAME = {"type", "seq", "time", "data"}


@pytest.fixture
def token(committed, chicago, lyon, alice, token_for) -> str:
    with tenant_context(chicago):
        make_machine()
    return token_for(alice, chicago)


@pytest.fixture
def foreign_token(token, mallory, lyon, token_for) -> str:
    return token_for(mallory, lyon)


def forms(tenant: str) -> list[tuple[str, str, list[tuple[bytes, bytes]]]]:
    """(host, path, headers) of the three ways to name the plant."""
    return [
        (f"{tenant.replace('_', '-')}.{BASE}", "/ws", []),
        (BASE, f"/ws/?tenant_id={tenant}", []),
        ("127.0.0.1:8000", "/ws", [(b"x-tenant", tenant.encode())]),
    ]


def socket(host: str, path: str, headers: list[tuple[bytes, bytes]], token: str | None):
    key = [(b"authorization", f"Token {token}".encode())] if token else []
    return WebsocketCommunicator(application, path, [(b"host", host.encode()), *headers, *key])


async def test_every_form_begins_with_a_snapshot(token):
    for host, path, headers in forms("plant_chicago"):
        live = socket(host, path, headers, token)
        connected, _ = await live.connect()
        assert connected, host
        frame = await live.receive_json_from()
        assert set(frame) == FRAME
        assert frame["type"] == "snapshot"
        (machine,) = frame["data"]["machines"]
        assert machine["machine_id"] == "M001"
        await live.disconnect()


@pytest.mark.parametrize("host", ["plant-chicago\0.amis.localhost", "ä." * 200, "", ":7"])
async def test_a_host_that_can_be_none_is_nobodys(token, host):
    live = WebsocketCommunicator(
        application,
        "/ws",
        [(b"host", host.encode("latin1")), (b"authorization", f"Token {token}".encode())],
    )
    assert await live.connect() == (False, 4404)


async def test_a_token_may_stand_in_the_address(token):
    live = socket(CHICAGO, f"/ws?token={token}", [], None)
    assert (await live.connect())[0]
    await live.disconnect()


async def test_the_snapshot_is_the_answer_of_machines_live(token):
    live = socket(CHICAGO, "/ws", [], token)
    await live.connect()
    frame = await live.receive_json_from()
    await live.disconnect()
    answer = await _get("/api/machines/live", token)
    assert set(frame["data"]) == set(answer)
    assert set(frame["data"]["machines"][0]) == set(answer["machines"][0])


async def test_nobody_gets_in_without_a_name(token):
    for host, path, headers in forms("plant_chicago"):
        for wrong in (None, "nonsense"):
            refused = await socket(host, path, headers, wrong).connect()
            assert refused == (False, 4401), host


async def test_a_foreign_and_an_unknown_plant_are_refused_alike(foreign_token):
    for tenant in ("plant_chicago", "plant_atlantis"):
        for host, path, headers in forms(tenant):
            refused = await socket(host, path, headers, foreign_token).connect()
            assert refused == (False, 4404), host


async def closed_after(live: WebsocketCommunicator) -> int | None:
    """The code with which the server closes; None while it goes on."""
    while True:
        try:
            message = await live.receive_output(timeout=1)
        except TimeoutError:
            return None
        if message["type"] == "websocket.close":
            return message["code"]


async def test_a_frame_of_64_kib_is_borne_and_a_longer_one_is_not(token):
    for size, code in ((64 * 1024, None), (64 * 1024 + 1, 1009)):
        for frame in ({"text_data": "x" * size}, {"bytes_data": b"x" * size}):
            live = socket(CHICAGO, "/ws", [], token)
            await live.connect()
            await live.send_to(**frame)
            assert await closed_after(live) == code


async def test_a_hundred_frames_at_once_are_borne_and_a_flood_is_not(token):
    for frames, code in ((100, None), (200, 1008)):
        live = socket(CHICAGO, "/ws", [], token)
        await live.connect()
        for _ in range(frames):
            await live.send_to(text_data="{}")
        assert await closed_after(live) == code


async def _get(path: str, token: str) -> dict:
    client = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {token}")
    return await sync_to_async(lambda: client.get(path).json())()
