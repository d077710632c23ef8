"""The simulator as a process of its own, and the real collector that listens to it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from amis.stack.ports import free_port
from production.ingest import collector as collector_module
from production.ingest.collector import Collector
from production.services.equipment import import_equipment
from production.services.reasons import ensure_reasons

SCHEMA = "plant_chicago"
DEMO = settings.BASE_DIR / "amis" / "demo"
PASSWORD = "known to the tests"


class Simulator:
    """`python -m plc_sim` with the demo's three machines, always at the same address."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        account = ("--user", "amis", "--password-env", "AMIS_PLC_PASSWORD")
        place = ("--port", str(self.port), "--timezone", "America/Chicago")
        self._command = [sys.executable, "-m", "plc_sim", *place, *account, *options]
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/freeopcua/server/"

    def start(self) -> None:
        """Return when it listens."""
        self._process = subprocess.Popen(
            self._command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "AMIS_PLC_PASSWORD": PASSWORD},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == f"{self.url}\n"

    def end(self, number: int = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)


@contextmanager
def simulating(*options: str) -> Iterator[Simulator]:
    """A simulator with the given options, not started yet; it ends with the block."""
    simulator = Simulator(*options)
    try:
        yield simulator
    finally:
        simulator.end()


def equip(url: str) -> None:
    """The current plant becomes the demo's Chicago, listening to `url`."""
    text = (DEMO / "plant_chicago.yaml").read_text(encoding="utf-8")
    import_equipment(text=text, folder=DEMO, endpoints={"plc": url})
    ensure_reasons()


async def ask(work: Callable[..., Any], *arguments: Any) -> Any:
    """The answer of a query in the plant's schema, from a thread."""

    def inside() -> Any:
        try:
            with schema_context(SCHEMA):
                return work(*arguments)
        finally:
            connection.close()

    return await asyncio.to_thread(inside)


async def until(work: Callable[[], Any], *, within_s: float) -> Any:
    """The first true answer of a query in the plant's schema."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := await ask(work):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"not within {within_s} s")


@asynccontextmanager
async def collecting(folder: Path) -> AsyncIterator[None]:
    """A collector that runs; it must stop within four seconds."""
    stop = asyncio.Event()
    with (
        patch.object(collector_module, "LOOK_EVERY_S", 0.3),
        patch.dict(os.environ, AMIS_PLC_PASSWORD=PASSWORD),
    ):
        running = asyncio.create_task(Collector(pki=folder / "pki").run(stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(running, 4)
