"""The whole street in one test: a simulator's process, rows, records, the API and a live frame."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client

from amis.asgi import application
from production.models import ProductionRecord, Sample
from production.tests.simulator import ask, collecting, equip, simulating, until

HOST = "plant-chicago.amis.localhost"
MACHINE = "M002"
LIVE_KEYS = ("machine_name", "state", "state_code", "since", "reason", "is_stale", "shift")
SPEED = 2000


@pytest.fixture
def token(committed, chicago, alice, token_for) -> str:
    return token_for(alice, chicago)


async def test_what_a_plc_says_reaches_rows_records_figures_and_the_live_page(
    token, cache_server, tmp_path
):
    start = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    with simulating("--speed", str(SPEED), "--start", start) as plc:
        await ask(equip, plc.url)
        plc.start()
        async with collecting(tmp_path):
            await until(_is_live, within_s=30)
            socket, snapshot = await _open(token)
            state = await _until_equal(socket, token, snapshot)
            await socket.disconnect()
            assert state["is_stale"] is False
            assert state["age_s"] < 5
            assert {"state", "produced", "temperature"} <= state["signals"].keys()
            await until(lambda: _counted() == _recorded(), within_s=10)
        made = await ask(_recorded)
        assert made > 20
        kpis = await _get(f"/api/kpis?days=2&machine_id={MACHINE}", token)
        assert kpis["units_produced"] == made
        assert kpis["oee"] == pytest.approx(
            kpis["availability"] * kpis["effectiveness"] * kpis["quality_ratio"]
        )


def _is_live() -> bool:
    """Simulated time has come up to the clock: values are seconds old."""
    fresh = datetime.now(UTC) - timedelta(seconds=3)
    own = Sample.objects.filter(signal__machine__machine_id=MACHINE)
    return own.filter(signal__name="power", source_timestamp__gt=fresh).count() > 1


def _counted() -> float:
    """Pieces between the first and the last value of the machine's counter."""
    values = Sample.objects.filter(signal__machine__machine_id=MACHINE, signal__role="produced")
    first, last = values.earliest("source_timestamp"), values.latest("source_timestamp")
    return last.value - first.value


def _recorded() -> float:
    """Pieces in the records of all shifts."""
    rows = ProductionRecord.objects.filter(machine__machine_id=MACHINE)
    return sum(rows.values_list("units_produced", flat=True))


async def _open(token: str) -> tuple[WebsocketCommunicator, dict[str, Any]]:
    headers = [(b"host", HOST.encode()), (b"authorization", f"Token {token}".encode())]
    socket = WebsocketCommunicator(application, "/ws", headers)
    assert (await socket.connect())[0]
    frame = await socket.receive_json_from(timeout=5)
    assert frame["type"] == "snapshot"
    return socket, _own(frame["data"]["machines"])


async def _until_equal(
    socket: WebsocketCommunicator, token: str, element: dict[str, Any]
) -> dict[str, Any]:
    """Take events until one says what the API says at the same time; returns it."""
    events = 0
    async with asyncio.timeout(20):
        while True:
            answer = _own((await _get("/api/machines/live", token))["machines"])
            same = all(element[key] == answer[key] for key in LIVE_KEYS)
            if events and same and element["signals"] == answer["signals"]:
                return element
            frame = await socket.receive_json_from(timeout=10)
            if frame["type"] == "machine" and frame["data"]["machine_id"] == MACHINE:
                element, events = frame["data"], events + 1


def _own(machines: list[dict[str, Any]]) -> dict[str, Any]:
    return next(machine for machine in machines if machine["machine_id"] == MACHINE)


async def _get(path: str, token: str) -> dict[str, Any]:
    client = Client(HTTP_HOST=HOST, HTTP_AUTHORIZATION=f"Token {token}")
    answer = await ask(lambda: client.get(path))
    assert answer.status_code == 200, answer.content
    return answer.json()
