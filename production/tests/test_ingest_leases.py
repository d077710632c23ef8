"""Several collectors at once: they share, take over from the dead, and store nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from asyncua import ua
from django.db import connection

from amis.stack.ports import free_port
from conftest import as_owner
from production.ingest.lease import LEASE_S, hold_leases
from production.models import Connection, IngestCount, Sample
from production.tests.odd_plc import OddPlc, plant_of
from production.tests.simulator import ask, collecting, until

pytestmark = pytest.mark.usefixtures("committed", "cache_server")


@pytest.fixture
async def odd() -> AsyncIterator[OddPlc]:
    plc = OddPlc()
    await plc.start()
    await plc.add("heat", 0.0, ua.VariantType.Double)
    yield plc
    await plc.stop()


@pytest.fixture
def broken_lyon() -> Iterator[None]:
    """Lyon's table of connections is away."""

    def run(statement: str) -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(statement)

    run("ALTER TABLE plant_lyon.production_connection RENAME TO mislaid")
    yield
    run("ALTER TABLE plant_lyon.mislaid RENAME TO production_connection")


def connections(number: int) -> None:
    for place in range(number):
        plant_of(f"opc.tcp://127.0.0.1:{free_port()}", {}, name=f"plc{place}")


def held_by(owner: str) -> int:
    return len(hold_leases(owner=owner, claim_at_most=4))


async def test_workers_that_start_together_share_the_connections():
    await ask(connections, 8)
    assert [await ask(held_by, owner) for owner in ("a", "b", "c")] == [4, 4, 0]


async def test_all_that_a_dead_worker_held_is_taken_over_at_the_first_look():
    await ask(connections, 12)
    for _ in range(3):
        await ask(held_by, "dead")
    assert await ask(held_by, "living") == 0
    await ask(_let_leases_run_out)
    assert await ask(held_by, "living") == 12
    assert LEASE_S + 2 < 10


async def test_two_collectors_store_nothing_twice(odd, tmp_path):
    await ask(plant_of, odd.url, {"heat": "process"})
    async with collecting(tmp_path), collecting(tmp_path):
        await until(lambda: Sample.objects.count() == 1, within_s=8)
        for number in range(1, 21):
            await odd.write("heat", float(number), ua.VariantType.Double)
            await asyncio.sleep(0.02)
        await until(lambda: Sample.objects.count() == 21, within_s=5)
    counts = await ask(lambda: dict(IngestCount.objects.values_list("outcome", "count")))
    assert counts == {"received": 21, "stored": 21}


async def test_a_plant_with_broken_tables_keeps_no_other_from_being_collected(
    broken_lyon, odd, tmp_path, caplog
):
    await ask(plant_of, odd.url, {"heat": "process"})
    async with collecting(tmp_path):
        await until(lambda: Sample.objects.count() == 1, within_s=8)
        await odd.write("heat", 1.0, ua.VariantType.Double)
        await until(lambda: Sample.objects.count() == 2, within_s=8)
    said = [line for line in caplog.messages if line.startswith("plant_lyon is not collected")]
    assert len(said) == 1


def _let_leases_run_out() -> None:
    Connection.objects.update(lease_expires_at="2000-01-01T00:00Z")
