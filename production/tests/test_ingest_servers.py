"""Servers with manners of their own: what the collector puts up with, and what it says of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from asyncua import ua

from production.ingest import source
from production.models import Connection, DataIssue, IngestCount, Sample, Signal
from production.tests.odd_plc import OddPlc, plant_of
from production.tests.simulator import ask, collecting, until

DOUBLE = ua.VariantType.Double

pytestmark = pytest.mark.usefixtures("committed", "cache_server")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(source, "LOOK_EVERY_S", 1.0)


@pytest.fixture
async def odd() -> AsyncIterator[OddPlc]:
    """A server that is not started yet."""
    plc = OddPlc()
    yield plc
    await plc.stop()


async def plant(url: str, signals: dict[str, str], **fields: Any) -> None:
    await ask(partial(plant_of, url, signals, **fields))


def rows_of(name: str) -> int:
    return Sample.objects.filter(signal__name=name).count()


def told() -> str:
    """What the settings page says of the only connection."""
    row = Connection.objects.get(name="odd")
    return f"{row.status}: {row.status_detail}"


async def says(words: str, *, within_s: float = 8) -> None:
    """Wait until the connection says so."""
    await until(lambda: words in told(), within_s=within_s)


async def test_a_namespace_may_have_another_index_after_a_restart(odd, tmp_path):
    await odd.start()
    await odd.add("heat", 1.0, DOUBLE)
    await plant(odd.url, {"heat": "process"})
    async with collecting(tmp_path):
        await until(lambda: rows_of("heat") == 1, within_s=8)
        await odd.stop()
        await odd.start(namespaces_before=5)
        await odd.add("heat", 2.0, DOUBLE)
        await until(lambda: rows_of("heat") == 2, within_s=12)
    assert await ask(lambda: list(Sample.objects.values_list("value", flat=True))) == [1.0, 2.0]


@pytest.mark.parametrize("announced", [True, False])
async def test_a_server_gets_no_more_items_in_a_call_than_it_takes(odd, tmp_path, announced):
    names = [f"tag{number}" for number in range(40)]
    await odd.start()
    await odd.limit_calls(7, announced=announced)
    for name in names:
        await odd.add(name, 1.0, DOUBLE)
    await plant(odd.url, dict.fromkeys(names, "process"))
    async with collecting(tmp_path):
        await until(lambda: Sample.objects.count() == len(names), within_s=8)
        assert await ask(told) == "connected: "
    assert (odd.largest_call <= 7) is announced


async def test_a_node_that_vanishes_is_missing_until_it_returns(odd, tmp_path):
    await odd.start()
    for name in ("heat", "flow"):
        await odd.add(name, 1.0, DOUBLE)
    await plant(odd.url, {"heat": "process", "flow": "process"})
    async with collecting(tmp_path):
        await until(lambda: rows_of("heat") and rows_of("flow"), within_s=8)
        await odd.delete("heat")
        missing = DataIssue.objects.filter(kind="node_missing", signal__name="heat")
        await until(lambda: missing.filter(ended_at=None).count(), within_s=8)
        await says("1 of 2 nodes missing")
        assert "BadNodeIdUnknown" in await ask(lambda: Signal.objects.get(name="heat").status_text)
        await odd.write("flow", 2.0, DOUBLE)
        await until(lambda: rows_of("flow") >= 2, within_s=5)
        await odd.add("heat", 3.0, DOUBLE)
        await until(lambda: rows_of("heat") == 2, within_s=12)
        await until(lambda: missing.filter(ended_at__isnull=False).count() == 1, within_s=5)
        assert await ask(lambda: Signal.objects.get(name="heat").status_text) == ""
        assert await ask(told) == "connected: "


async def test_a_node_that_returns_with_another_type_is_flagged(odd, tmp_path):
    await odd.start()
    await odd.add("heat", 1.0, DOUBLE)
    await plant(odd.url, {"heat": "process"})
    async with collecting(tmp_path):
        await until(lambda: rows_of("heat") == 1, within_s=8)
        await odd.delete("heat")
        await odd.add("heat", "warm", ua.VariantType.String)
        await until(lambda: rows_of("heat") == 2, within_s=12)
        issue = await ask(lambda: DataIssue.objects.get(kind="type_change"))
        assert issue.detail == "warm"
        newest = await ask(lambda: Sample.objects.order_by("-source_timestamp").first())
        assert (newest.value, newest.value_text) == (None, "warm")


async def test_a_server_may_answer_under_another_name_and_more_slowly_than_asked(odd, tmp_path):
    await odd.start(said_host="plc-7.plant.example", slowest_ms=1500)
    await odd.add("heat", 1.0, DOUBLE)
    await plant(odd.url, {"heat": "process"}, publishing_interval_ms=100)
    async with collecting(tmp_path):
        await until(lambda: rows_of("heat") == 1, within_s=8)
        await asyncio.sleep(3)
        await odd.write("heat", 2.0, DOUBLE)
        await until(lambda: rows_of("heat") == 2, within_s=5)
        assert await ask(told) == "connected: "


async def test_a_server_that_is_absent_at_first_flows_as_soon_as_it_is_there(odd, tmp_path):
    await plant(odd.url, {"heat": "process"})
    async with collecting(tmp_path):
        await says("lost: Nobody answers at 127.0.0.1")
        await odd.start()
        await odd.add("heat", 1.0, DOUBLE)
        await until(lambda: rows_of("heat") == 1, within_s=12)


@pytest.mark.parametrize(
    ("greeting", "words"),
    [(b"", "does not answer"), (b"HTTP/1.1 400 Bad Request\r\n\r\n", "lost: ")],
)
async def test_a_port_without_opc_ua_behind_it_is_told_and_stops_no_other(
    odd, tmp_path, greeting, words
):
    await odd.start()
    await odd.add("heat", 1.0, DOUBLE)
    async with saying(greeting) as url:
        await plant(url, {"heat": "process"})
        await plant(odd.url, {"heat": "process"}, name="sound")
        async with collecting(tmp_path):
            await says(words)
            await until(lambda: rows_of("heat") == 1, within_s=8)


async def test_a_wrong_password_is_told(tmp_path):
    plc = OddPlc(password="right")
    await plc.start()
    try:
        fields = {"username": "amis", "password": "wrong"}
        await plant(plc.url, {"heat": "process"}, **fields)
        async with collecting(tmp_path):
            await says("The server refuses this user or password")
    finally:
        await plc.stop()


async def test_a_password_that_the_workers_environment_does_not_hold_is_told(
    odd, tmp_path, monkeypatch
):
    monkeypatch.delenv("HALL2_PASSWORD", raising=False)
    fields = {"username": "amis", "password_env": "HALL2_PASSWORD"}
    await plant(odd.url, {"heat": "process"}, **fields)
    async with collecting(tmp_path):
        await says("HALL2_PASSWORD, which is to hold the password, is neither")


async def test_a_password_that_was_sealed_with_another_key_is_told(odd, tmp_path, settings):
    settings.SECRET_KEYS = ("old-" * 10,)
    await plant(odd.url, {"heat": "process"}, username="amis", password="right")
    settings.SECRET_KEYS = ("new-" * 10,)
    async with collecting(tmp_path):
        await says("sealed with a key that is not in AMIS_SECRET_KEYS")


async def test_a_thousand_tags_that_change_ten_times_a_second_are_all_stored(odd, tmp_path):
    names = [f"tag{number}" for number in range(1000)]
    await odd.start()
    for name in names:
        await odd.add(name, 0.0, DOUBLE)
    await plant(odd.url, dict.fromkeys(names, "process"))
    async with collecting(tmp_path):
        await until(lambda: Sample.objects.count() == len(names), within_s=15)
        for value in range(1, 6):
            for name in names:
                await odd.write(name, float(value), DOUBLE)
            await asyncio.sleep(0.1)
        await until(lambda: Sample.objects.count() == 6 * len(names), within_s=10)
    counts = await ask(lambda: dict(IngestCount.objects.values_list("outcome", "count")))
    assert counts == {"received": 6000, "stored": 6000}


@asynccontextmanager
async def saying(greeting: bytes) -> AsyncIterator[str]:
    """The address of a port that answers every connection with these bytes and no more."""

    async def greet(reader: Any, writer: asyncio.StreamWriter) -> None:
        try:
            if greeting:
                await reader.read(8)
                writer.write(greeting)
                await writer.drain()
            await reader.read(-1)
        finally:
            writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    try:
        yield f"opc.tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
