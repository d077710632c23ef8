"""A plant that was new on 1 September 2026, ten days of its life, and the server as a process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from plc_sim.machine import Plant
from plc_sim.panel import Progress
from plc_sim.timetable import DAY, micros

EPOCH = micros(datetime(2026, 9, 1, tzinfo=UTC))


def new_plant(seed: int = 7, machines: int = 3, timezone: str = "America/Chicago") -> Plant:
    return Plant(seed=seed, epoch=EPOCH, timezone=timezone, machines=machines)


@pytest.fixture(scope="session")
def ten_days() -> Progress:
    return new_plant().advance(EPOCH + 10 * DAY)


@asynccontextmanager
async def serving(*options: str, password: str = "") -> AsyncIterator[str]:
    """The URL of a simulator in a process of its own, which must end cleanly within 2 s."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "plc_sim", *options),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "SIM_PASSWORD": password},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            line = await process.stdout.readline()
        assert line.startswith(b"opc.tcp://"), line
        yield line.decode().strip()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(2):
                await process.wait()
        except TimeoutError:
            process.kill()
            raise
    assert process.returncode == 0
