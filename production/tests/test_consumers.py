"""A live page sees what a fresh snapshot would show, hears of its plant alone, and is never left
without a frame.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.db import OperationalError, connection
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from amis.asgi import application
from amis.interval import Interval
from production import consumers, live
from production.live import NewestValue
from production.models import Machine, Stop
from production.services.derive import derive_records
from production.services.reasons import ensure_reasons, give_reason
from production.services.record_events import MOST_TOLD
from production.services.submit import submit_records
from production.tests.factories import make_machine, store
from tenants.live import group_of, publish
from tenants.models import ApiToken, Membership, User

CHICAGO, LYON = "plant_chicago", "plant_lyon"
HOSTS = {CHICAGO: b"plant-chicago.amis.localhost", LYON: b"plant-lyon.amis.localhost"}
MACHINES = [("M001", "Machine M001"), ("M002", "Machine M002")]
HELD = 11


@pytest.fixture
def keys(committed, chicago, lyon, alice, mallory, token_for) -> dict[str, str]:
    """A token of alice for Chicago and one of mallory for Lyon; two machines here, one there."""
    with tenant_context(chicago):
        ensure_reasons()
        make_machine("M001")
        make_machine("M002")
    with tenant_context(lyon):
        make_machine("M001")
    connection.set_schema_to_public()
    return {CHICAGO: token_for(alice, chicago), LYON: token_for(mallory, lyon)}


@pytest.fixture
async def opened(keys):
    """Opens a live connection and takes its snapshot."""
    open_ones = []

    async def open_socket(schema: str = CHICAGO) -> tuple[WebsocketCommunicator, dict]:
        headers = [(b"host", HOSTS[schema]), (b"authorization", f"Token {keys[schema]}".encode())]
        socket = WebsocketCommunicator(application, "/ws", headers)
        assert (await socket.connect())[0]
        open_ones.append(socket)
        return socket, await socket.receive_json_from(timeout=5)

    yield open_socket
    for socket in open_ones:
        if not socket.future.done():
            await socket.disconnect()


def value(machine_id: str, name: str, number: float, state: str | None = None) -> NewestValue:
    role = "state" if name == "state" else "process"
    now = datetime.now(UTC)
    return NewestValue(machine_id, name, role, number, "bar", now, "good", state)


def stop_machine() -> None:
    """M001 stands since ten minutes; the records say so."""
    now = datetime.now(UTC)
    with schema_context(CHICAGO):
        machine = Machine.objects.select_related("connection", "shift_pattern").get(
            machine_id="M001"
        )
        store(machine, "state", (now - timedelta(minutes=10), HELD))
        derive_records(machine=machine, interval=Interval(now - timedelta(seconds=1), now))
    live.store_newest(CHICAGO, [value("M001", "state", HELD, "Held")])
    live.publish_machines(CHICAGO, MACHINES[:1])


def explain() -> None:
    with schema_context(CHICAGO):
        stop = Stop.objects.get(end=None)
        give_reason(stop_id=stop.pk, code="jam", note="", user_id=1, label="alice")


def work() -> None:
    """What a plant goes through in a while."""
    live.store_alive(CHICAGO, ["M001", "M002"], datetime.now(UTC))
    live.store_newest(CHICAGO, [value("M001", "state", 6, "Execute"), value("M002", "p", 1.5)])
    live.publish_machines(CHICAGO, MACHINES)
    for n in range(5):
        live.store_newest(CHICAGO, [value("M002", "p", 1.5 + n)])
        live.publish_machines(CHICAGO, MACHINES[1:])
    stop_machine()
    live.store_lost(CHICAGO, ["M002"], datetime.now(UTC))
    live.publish_machines(CHICAGO, MACHINES[1:])
    explain()


def fresh(schema: str = CHICAGO) -> dict[str, dict]:
    with schema_context(schema):
        return ageless(live.live_machines(schema)["machines"])


def ageless(elements: list[dict]) -> dict[str, dict]:
    return {one["machine_id"]: {k: v for k, v in one.items() if k != "age_s"} for one in elements}


async def frames_until_quiet(socket: WebsocketCommunicator) -> list[dict]:
    frames = []
    while not await socket.receive_nothing(timeout=0.5, interval=0.02):
        frames.append(await socket.receive_json_from())
    return frames


async def test_snapshot_and_events_make_a_fresh_snapshot(opened):
    socket, first = await opened()
    await sync_to_async(work)()
    frames = await frames_until_quiet(socket)
    shown, applied = ageless(first["data"]["machines"]), first["seq"]
    for frame in frames:
        assert frame["seq"] > applied
        applied = frame["seq"]
        if frame["type"] == "machine":
            shown |= ageless([frame["data"]])
    assert shown == await sync_to_async(fresh)()
    assert shown["M001"]["reason"] == "Jam"
    assert shown["M002"]["is_stale"]
    assert shown["M002"]["signals"]["p"]["value"] == 5.5


def submit(count: int, pieces: int) -> None:
    """The Day shifts of the days before 2026-02-08."""
    days = [date(2026, 2, 7) - timedelta(days=n) for n in range(count)]
    row = {"machine_id": "M001", "shift": "Day", "units_produced": pieces}
    with schema_context(CHICAGO):
        submit_records(rows=[row | {"production_date": str(day)} for day in days])


def ended_shift() -> None:
    """The Day shift of 2026-02-06 is derived, long after its end."""
    start = datetime(2026, 2, 6, 12, tzinfo=UTC)
    with schema_context(CHICAGO):
        machine = Machine.objects.select_related("shift_pattern").get(machine_id="M001")
        store(machine, "state", (start, 6))
        derive_records(machine=machine, interval=Interval(start, start + timedelta(hours=1)))


async def test_a_changed_record_is_told_as_the_list_shows_it_and_only_when_it_changed(opened, keys):
    socket, first = await opened()
    for pieces in (370, 370, 371):
        await sync_to_async(submit)(1, pieces)
    frames = await frames_until_quiet(socket)
    assert [frame["type"] for frame in frames] == ["record", "record"]
    assert first["seq"] < frames[0]["seq"] < frames[1]["seq"]
    (row,) = await sync_to_async(listed)(keys[CHICAGO])
    assert row["units_produced"] == 371
    assert frames[1]["data"] | {"updated_at": None} == row | {"updated_at": None}


async def test_a_record_that_is_derived_after_its_shift_is_told(opened):
    socket, _ = await opened()
    await sync_to_async(ended_shift)()
    told = [f["data"] for f in await frames_until_quiet(socket) if f["type"] == "record"]
    assert ("2026-02-06", "Day", "derived") in [
        (row["production_date"], row["shift"], row["source"]) for row in told
    ]


async def test_of_an_import_only_the_newest_records_are_told(opened):
    socket, _ = await opened()
    await sync_to_async(submit)(MOST_TOLD + 5, 370)
    days = [frame["data"]["production_date"] for frame in await frames_until_quiet(socket)]
    assert (len(days), days[-1]) == (MOST_TOLD, "2026-02-07")
    assert days == sorted(days)


def listed(token: str) -> list[dict]:
    client = Client(HTTP_HOST=HOSTS[CHICAGO].decode(), HTTP_AUTHORIZATION=f"Token {token}")
    return client.get("/api/production?from=2026-02-07&to=2026-02-08").json()["results"]


async def test_who_joins_in_the_middle_misses_nothing(opened):
    early, first = await opened()
    working = asyncio.create_task(sync_to_async(work, thread_sensitive=False)())
    await asyncio.sleep(0.02)
    late, second = await opened()
    await working
    for socket, snapshot in ((early, first), (late, second)):
        shown = ageless(snapshot["data"]["machines"])
        for frame in await frames_until_quiet(socket):
            if frame["seq"] > snapshot["seq"] and frame["type"] == "machine":
                shown |= ageless([frame["data"]])
        assert shown == await sync_to_async(fresh)()


async def test_a_plant_hears_of_itself_alone(opened):
    chicago, _ = await opened(CHICAGO)
    lyon, first = await opened(LYON)
    assert set(ageless(first["data"]["machines"])) == {"M001"}
    await sync_to_async(publish)(CHICAGO, "job", {"id": "of Chicago"})
    assert (await chicago.receive_json_from())["data"] == {"id": "of Chicago"}
    assert await lyon.receive_nothing(timeout=0.5)
    await sync_to_async(publish)(LYON, "job", {"id": "of Lyon"})
    assert (await lyon.receive_json_from())["seq"] == 1
    assert await chicago.receive_nothing(timeout=0.5)


async def test_a_quiet_connection_gets_a_heartbeat_in_every_interval(opened, settings):
    settings.LIVE_INTERVAL_S = 1.0
    socket, first = await opened()
    # An event just before the heartbeat would have been due must not put the next frame off.
    await asyncio.sleep(0.05)
    await sync_to_async(publish)(CHICAGO, "job", {})
    await socket.receive_json_from()
    times = [time.monotonic()]
    for _ in range(3):
        frame = await socket.receive_json_from(timeout=3)
        times.append(time.monotonic())
        assert (frame["type"], frame["seq"]) == ("heartbeat", first["seq"] + 1)
        assert datetime.fromisoformat(frame["time"]).utcoffset() == timedelta(0)
    assert max(b - a for a, b in itertools.pairwise(times)) < 1.15


async def test_open_connections_are_counted(opened):
    one, _ = await opened()
    await opened()
    await opened(LYON)
    assert await status(CHICAGO) == 2
    assert await status(LYON) == 1
    await one.disconnect()
    assert await status(CHICAGO) == 1


async def test_who_loses_access_is_sent_away(opened, settings):
    settings.LIVE_INTERVAL_S = 0.5
    chicago, _ = await opened(CHICAGO)
    lyon, _ = await opened(LYON)
    await sync_to_async(Membership.objects.filter(user__username="alice").delete)()
    assert await closing(chicago) == 4403
    assert (await lyon.receive_json_from(timeout=2))["type"] == "heartbeat"


@pytest.mark.parametrize("loss", [{"is_active": False}, {"is_superuser": False}])
async def test_an_account_that_lost_its_right_meanwhile_is_sent_away(opened, keys, settings, loss):
    settings.LIVE_INTERVAL_S = 0.5
    alice = User.objects.filter(username="alice")
    if "is_superuser" in loss:
        await sync_to_async(alice.update)(is_superuser=True)
        await sync_to_async(Membership.objects.filter(user__username="alice").delete)()
    socket, _ = await opened()
    assert (await socket.receive_json_from(timeout=2))["type"] == "heartbeat"
    await sync_to_async(alice.update)(**loss)
    assert await closing(socket) == 4403


async def test_a_token_that_is_revoked_meanwhile_ends_the_connection(opened, settings):
    settings.LIVE_INTERVAL_S = 0.5
    socket, _ = await opened()
    now = datetime.now(UTC)
    await sync_to_async(ApiToken.objects.filter(user__username="alice").update)(revoked_at=now)
    assert await closing(socket) == 4403


async def test_a_plant_that_is_withdrawn_closes_its_connections_at_once(opened):
    chicago, _ = await opened(CHICAGO)
    lyon, _ = await opened(LYON)
    await get_channel_layer().group_send(group_of(CHICAGO), {"type": "live.withdrawn"})
    assert await closing(chicago) == 4403
    assert await lyon.receive_nothing(timeout=0.3)


async def test_when_nobody_can_say_whether_access_holds_the_page_has_to_come_again(
    opened, settings, monkeypatch
):
    settings.LIVE_INTERVAL_S = 0.5
    socket, _ = await opened()

    def away(*_):
        raise OperationalError("the database is away")

    monkeypatch.setattr(consumers, "admit", away)
    assert await closing(socket) == 1013


async def status(schema: str) -> int:
    found = await sync_to_async(live.socket_status)(schema)
    return found["active_connections"]


async def closing(socket: WebsocketCommunicator) -> int | None:
    """The code with which the server ends the connection; None when it goes on."""
    end = time.monotonic() + 3
    while time.monotonic() < end:
        message = await socket.receive_output(timeout=3)
        if message["type"] == "websocket.close":
            return message["code"]
        assert json.loads(message["text"])["type"] == "heartbeat"
    return None
