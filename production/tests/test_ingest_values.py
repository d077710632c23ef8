"""Values, times and statuses as odd as servers send them: every one is stored, and flagged."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.uatypes import VariantType as Kind

from production.models import DataIssue, IngestCount, Machine, Sample, StateInterval
from production.tests.odd_plc import OddPlc, plant_of
from production.tests.simulator import SCHEMA, ask, collecting, until
from tenants.live import plant_key, valkey

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("committed", "cache_server")


@pytest.fixture
async def odd() -> AsyncIterator[OddPlc]:
    plc = OddPlc()
    await plc.start()
    yield plc
    await plc.stop()


def stored(name: str) -> list[tuple[float | None, str | None, int]]:
    rows = Sample.objects.filter(signal__name=name).order_by("source_timestamp")
    return list(rows.values_list("value", "value_text", "status_code"))


def issues(name: str) -> dict[str, int]:
    return dict(DataIssue.objects.filter(signal__name=name).values_list("kind", "sample_count"))


def counts() -> dict[str, int]:
    return dict(IngestCount.objects.values_list("outcome", "count"))


async def test_values_of_every_type_are_numbers_where_they_can_be(odd, tmp_path):
    kinds: dict[str, tuple[Any, Kind, float | None, str | None]] = {
        "flag": (True, Kind.Boolean, 1.0, None),
        "byte": (7, Kind.Byte, 7.0, None),
        "word": (65_535, Kind.UInt16, 65_535.0, None),
        "long": (-5, Kind.Int64, -5.0, None),
        "huge": (2**63, Kind.UInt64, 2.0**63, None),
        "real": (1.5, Kind.Double, 1.5, None),
        "enum": (ua.ServerState.Failed, Kind.Int32, 1.0, None),
        "text": ("warm", Kind.String, None, "warm"),
        "list": ([1, 2], Kind.Int32, None, "[1, 2]"),
        "raw": (b"\0x", Kind.ByteString, None, "b'\\x00x'"),
    }
    for name, (value, kind, _, _) in kinds.items():
        await odd.add(name, value, kind)
    await ask(plant_of, odd.url, dict.fromkeys(kinds, "process"))
    async with collecting(tmp_path):
        await until(lambda: Sample.objects.count() == len(kinds), within_s=8)
    for name, (_, _, number, text) in kinds.items():
        assert await ask(stored, name) == [(number, text, 0)], name
        assert await ask(issues, name) == ({} if text is None else {"type_change": 1}), name


async def test_what_is_no_finite_good_number_is_kept_and_flagged(odd, tmp_path):
    bad, uncertain = ua.StatusCodes.BadSensorFailure, ua.StatusCodes.UncertainLastUsableValue
    await odd.add("heat", 1.0, Kind.Double)
    await odd.add("flow", 1.0, Kind.Double)
    await ask(plant_of, odd.url, {"heat": "process", "flow": "process"})
    async with collecting(tmp_path):
        await until(lambda: Sample.objects.count() == 2, within_s=8)
        for value in (math.nan, math.inf, -math.inf):
            await odd.write("heat", value, Kind.Double)
        await odd.write("flow", 5.0, Kind.Double, status=bad)
        await odd.write("flow", 6.0, Kind.Double, status=uncertain)
        await odd.write("flow", None, None, status=ua.StatusCodes.BadNoCommunication)
        await until(lambda: Sample.objects.count() == 8, within_s=5)
        await until(lambda: _newest("flow")["quality"] == "bad", within_s=5)
    texts = [text for _, text, _ in await ask(stored, "heat")]
    assert texts == [None, "nan", "inf", "-inf"]
    assert await ask(issues, "heat") == {"bad_quality": 1, "out_of_range": 2}
    codes = [code for _, _, code in await ask(stored, "flow")]
    assert codes == [0, bad, uncertain, ua.StatusCodes.BadNoCommunication]
    assert await ask(issues, "flow") == {"bad_quality": 3}


async def test_values_without_any_time_of_their_own_stay_apart(odd, tmp_path):
    await odd.add("total", 0, Kind.Int32)
    await ask(plant_of, odd.url, {"total": "process"})
    async with collecting(tmp_path):
        await until(lambda: Sample.objects.count() == 1, within_s=8)
        for total in range(1, 6):
            await odd.write("total", total, Kind.Int32, source=None)
        await until(lambda: Sample.objects.count() == 6, within_s=5)
    assert [value for value, _, _ in await ask(stored, "total")] == [0, 1, 2, 3, 4, 5]
    assert await ask(counts) == {"received": 6, "stored": 6}


@pytest.mark.parametrize("skew", [HOUR, -HOUR])
async def test_a_clock_that_is_an_hour_off_is_flagged_and_holds_nothing_up(odd, tmp_path, skew):
    await odd.add("heat", 1.0, Kind.Double)
    await ask(plant_of, odd.url, {"heat": "process"})
    async with collecting(tmp_path):
        await until(lambda: Sample.objects.count() == 1, within_s=8)
        await odd.write("heat", 2.0, Kind.Double, source=datetime.now(UTC) + skew)
        await until(lambda: Sample.objects.count() == 2, within_s=5)
        assert await ask(issues, "heat") == {"clock_skew": 1}
        await odd.write("heat", 3.0, Kind.Double)
        await until(lambda: _newest("heat")["value"] == 3.0, within_s=5)


async def test_repeated_and_late_values_are_stored_once_and_in_their_order(odd, tmp_path):
    await odd.add("heat", 0.0, Kind.Double)
    await ask(plant_of, odd.url, {"heat": "process"})
    start = datetime.now(UTC) - timedelta(seconds=60)
    async with collecting(tmp_path):
        await until(lambda: Sample.objects.count() == 1, within_s=8)
        for second in (1, 5, 3, 5, 3, 2):
            at = start + timedelta(seconds=second)
            await odd.write("heat", float(second), Kind.Double, source=at)
        await until(lambda: counts()["received"] == 7, within_s=5)
    assert [value for value, _, _ in await ask(stored, "heat")] == [1.0, 2.0, 3.0, 5.0, 0.0]
    assert await ask(counts) == {"received": 7, "stored": 5, "duplicate": 2}


async def test_a_machine_without_a_counted_signal_leaves_its_neighbour_to_be_derived(odd, tmp_path):
    await odd.add("heat", 1.0, Kind.Double)
    await odd.add("state", 10, Kind.Byte)
    await ask(plant_of, odd.url, {"heat": "process"})
    await ask(_neighbour)
    async with collecting(tmp_path):
        await until(lambda: StateInterval.objects.filter(state="Execute").count(), within_s=12)


async def test_a_connection_without_signals_is_connected(odd, tmp_path, caplog):
    await ask(plant_of, odd.url, {})
    async with collecting(tmp_path):
        await asyncio.sleep(2)
    assert "plant_chicago/odd connected, 0 signals" in caplog.text
    assert "failed" not in caplog.text


def _neighbour() -> None:
    """A second machine on the first one's connection, with a state."""
    first = Machine.objects.get()
    signal = first.signals.get()
    second = Machine.objects.create(
        machine_id="P-2", machine_name="Neighbour", connection=first.connection
    )
    node = signal.node.replace("heat", "state")
    second.signals.create(name="state", role="state", node=node)


def _newest(name: str) -> dict[str, Any]:
    text = valkey().hget(plant_key(SCHEMA, "newest"), f"O-odd\x1f{name}")
    return json.loads(text)
