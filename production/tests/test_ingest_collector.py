"""The collector against a real server in another process, with a real database and Valkey."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from amis.stack.ports import free_port
from production.ingest import collector as collector_module
from production.ingest.collector import Collector
from production.models import (
    Connection,
    DataIssue,
    IngestCount,
    Machine,
    Outage,
    Sample,
    Signal,
)
from production.tests import stranger_plc
from tenants.live import plant_key, valkey

SCHEMA = "plant_chicago"
NODES = {
    "state": "i=7",
    "produced": "s=Line 4.Count;total",
    "temperature": "s=Line 4.Heat",
    "gone": "s=Line 4.Gone",
}


class Stranger:
    """The other server as a process that can be killed and started again."""

    def __init__(self, folder: Path, *, secure: bool) -> None:
        self.port, self._folder, self._secure = free_port(), folder, secure
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/stranger"

    def start(self) -> None:
        arguments = [str(self.port), str(self._folder), *(["secure"] if self._secure else [])]
        self._process = subprocess.Popen(
            [sys.executable, stranger_plc.__file__, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def stranger(tmp_path) -> Iterator[Callable[..., Stranger]]:
    started: list[Stranger] = []

    def start(*, secure: bool) -> Stranger:
        server = Stranger(tmp_path, secure=secure)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.kill()


def plant(url: str, **fields: Any) -> int:
    """A connection to the stranger with one machine, as an engineer would enter them."""
    plc = Connection.objects.create(
        name="stranger",
        endpoint_url=url,
        publishing_interval_ms=100,
        state_map={"10": "Execute", "20": "Held"},
        **fields,
    )
    machine = Machine.objects.create(
        machine_id="X4", machine_name="Cell 4", connection=plc, capacity=4800
    )
    for name, node in NODES.items():
        Signal.objects.create(
            machine=machine,
            name=name,
            role=name if name in {"state", "produced"} else "process",
            node=f"nsu={stranger_plc.URI};{node}",
            counter_bits=16,
            sampling_ms=50,
        )
    return plc.pk


async def ask(work: Callable[[], Any]) -> Any:
    """The answer of a query in the plant's schema, from a thread."""

    def inside() -> Any:
        try:
            with schema_context(SCHEMA):
                return work()
        finally:
            connection.close()

    return await asyncio.to_thread(inside)


async def until(work: Callable[[], Any], *, within_s: float) -> Any:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := await ask(work):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"not within {within_s} s")


@asynccontextmanager
async def collecting(folder: Path):
    """A collector that runs; it must stop within three seconds."""
    stop = asyncio.Event()
    running = asyncio.create_task(Collector(pki=folder / "pki").run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, 4)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(collector_module, "LOOK_EVERY_S", 0.3)


def rows_of(name: str) -> int:
    return Sample.objects.filter(signal__name=name).count()


async def test_a_strangers_values_flow_when_its_certificate_is_approved(
    committed, cache_server, stranger, tmp_path
):
    server = stranger(secure=True)
    secured = {
        "security_mode": "SignAndEncrypt",
        "security_policy": "Basic256Sha256",
        "username": stranger_plc.NAME,
        "password": stranger_plc.PASSWORD,
    }
    pk = await ask(lambda: plant(server.url, **secured))
    async with collecting(tmp_path):
        parked = await until(lambda: Connection.objects.filter(status="parked").first(), within_s=8)
        assert bytes(parked.parked_certificate) == (tmp_path / "stranger-cert.der").read_bytes()
        assert await ask(Sample.objects.count) == 0
        assert await ask(lambda: DataIssue.objects.get().kind) == "certificate_parked"

        def approve() -> None:
            Connection.objects.filter(pk=pk).update(
                server_certificate=parked.parked_certificate, revision=2
            )

        await ask(approve)
        await until(lambda: rows_of("produced") > 10, within_s=10)
        await until(lambda: DataIssue.objects.get(kind="certificate_parked").ended_at, within_s=5)
        assert await ask(lambda: Sample.objects.get(signal__name="state").value) == 10.0
        gone = await ask(lambda: Signal.objects.get(name="gone"))
        assert gone.status_text == "BadNodeIdUnknown"
        assert await ask(lambda: DataIssue.objects.get(signal=gone).kind) == "node_missing"
        newest = json.loads(valkey().hget(plant_key(SCHEMA, "newest"), "X4\x1fstate"))
        assert (newest["state"], newest["quality"]) == ("Execute", "good")
    row = await ask(lambda: Connection.objects.get(pk=pk))
    assert (row.lease_owner, row.status) == ("", "waiting")
    key = tmp_path / "pki" / "collector.pem"
    assert key.stat().st_mode & 0o777 == 0o600


async def test_a_killed_server_is_collected_again_when_it_returns(
    committed, cache_server, stranger, tmp_path
):
    server = stranger(secure=False)
    await ask(lambda: plant(server.url))
    async with collecting(tmp_path):
        await until(lambda: rows_of("produced") > 5, within_s=10)
        server.kill()
        outage = await until(lambda: Outage.objects.filter(ended_at=None).first(), within_s=5)
        await asyncio.sleep(1.5)
        before = await ask(lambda: rows_of("produced"))
        server.start()
        await until(lambda: rows_of("produced") > before + 5, within_s=12)
        ended = await ask(lambda: Outage.objects.get(pk=outage.pk))
        assert ended.ended_at > ended.started_at
        gap = await ask(lambda: DataIssue.objects.get(kind="gap", signal__name="produced"))
        assert gap.started_at < ended.ended_at
        assert (gap.ended_at - gap.started_at).total_seconds() > 1.5
    counts = {
        count.outcome: count.count for count in await ask(lambda: list(IngestCount.objects.all()))
    }
    assert counts["received"] == counts["stored"] + counts.get("duplicate", 0)
    assert counts["stored"] == await ask(Sample.objects.count)
