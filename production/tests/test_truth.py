"""What the simulator says that happened, held against what AMIS made of what it heard."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from amis.interval import Interval
from production.models import DataIssue, IngestCount, Outage, ProductionRecord, Sample, Stop
from production.tests.simulator import ask, collecting, equip, simulating, until

ZONE = ZoneInfo("America/Chicago")
CAPACITY = {"M001": 500, "M002": 480, "M003": 520}
# Name → hours of begin, end and the break's begin.
SHIFTS = {"Day": (6, 14, 10), "Evening": (14, 22, 18), "Night": (22, 30, 26)}
BREAK = timedelta(minutes=30)
LEAD = timedelta(hours=6)
SPEED = 4000
SECOND = timedelta(seconds=1)
# PackML numbers by what their time counts as; Execute and Idle have no line of kind "stop".
KINDS = dict.fromkeys((2, 5, 9, 11), "delay") | dict.fromkeys((3, 15), "set-up")

Halt = tuple[str, datetime, datetime]


@dataclass
class TrueShift:
    """One machine's shift as the truth file tells it."""

    machine_id: str
    stretches: tuple[Interval, Interval]
    made: int = 0
    scrap: int = 0
    halts: list[Halt] = field(default_factory=list)

    @property
    def whole(self) -> Interval:
        return Interval(self.stretches[0].start, self.stretches[1].end)

    @property
    def delay_s(self) -> float:
        return sum((end - start) / SECOND for kind, start, end in self.halts if kind == "delay")

    @property
    def oee(self) -> float:
        """PRI × GQ / PBT with PRI = 8 h / capacity."""
        busy_s = sum(stretch.duration_s for stretch in self.stretches)
        return 28_800 / CAPACITY[self.machine_id] * (self.made - self.scrap) / busy_s


@pytest.fixture
def day() -> date:
    """The newest whole plant day whose clock was not changed in the middle of the simulation."""
    found = (datetime.now(ZONE) - timedelta(hours=32)).date()
    while at(found, 0).utcoffset() != at(found, 32).utcoffset():
        found -= timedelta(days=1)
    return found


@pytest.fixture
def token(committed, chicago, alice, token_for) -> str:
    return token_for(alice, chicago)


async def test_an_accelerated_day_becomes_what_really_happened(token, cache_server, day, tmp_path):
    truth = tmp_path / "truth.jsonl"
    start = (at(day, 6) - LEAD).astimezone(UTC).isoformat()
    with simulating("--speed", str(SPEED), "--start", start, "--truth", str(truth)) as plc:
        await ask(equip, plc.url)
        async with collecting(tmp_path):
            plc.start()
            await until(lambda: _all_heard_after(at(day, 30)), within_s=120)
            plc.end(signal.SIGTERM)
            await until(lambda: _is_derived_beyond(day), within_s=20)
            shifts = true_shifts(day, truth)
        records, halts = await ask(_records, day), await ask(_halts, day)
        assert await ask(lambda: DataIssue.objects.exclude(kind="clock_skew").count()) == 0
    assert sum(shift.made for shift in shifts.values()) > 3_000
    assert sum(shift.scrap for shift in shifts.values()) > 10
    assert sum(len(shift.halts) for shift in shifts.values()) > 50
    for key, shift in shifts.items():
        record = records[key]
        assert (record.units_produced, record.defective_units) == (shift.made, shift.scrap), key
        assert record.adet_s == pytest.approx(shift.delay_s, abs=1), key
        assert record.no_data_s == 0, key
        assert record.oee == pytest.approx(shift.oee, abs=5e-5), key
        _assert_same_halts(shift.halts, halts[key])
    for machine_id in CAPACITY:
        await _assert_same_kpis(token, machine_id, day, shifts)


async def test_a_killed_simulator_flows_again_soon_after_its_return(
    committed, cache_server, tmp_path
):
    epoch = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    with simulating("--epoch", epoch) as plc:
        await ask(equip, plc.url)
        plc.start()
        async with collecting(tmp_path):
            await until(lambda: Sample.objects.count() > 60, within_s=15)
            killed_at = datetime.now(UTC)
            plc.end()
            outage = await until(lambda: Outage.objects.filter(ended_at=None).first(), within_s=10)
            await asyncio.sleep(4)
            plc.start()
            back_at = datetime.now(UTC)
            await until(lambda: _heard_after(back_at) > 20, within_s=15)
            await until(lambda: Outage.objects.filter(ended_at__gt=killed_at).count(), within_s=5)
            outage = await ask(lambda: Outage.objects.get(pk=outage.pk))
    assert outage.started_at < killed_at + SECOND
    assert outage.started_at > killed_at - 10 * SECOND
    assert outage.ended_at > back_at - SECOND
    assert await ask(Outage.objects.count) == 1
    assert await ask(_twice) == 0
    counts = {one.outcome: one.count for one in await ask(lambda: list(IngestCount.objects.all()))}
    assert counts["stored"] == await ask(Sample.objects.count)
    assert counts["received"] == counts["stored"] + counts.get("duplicate", 0)


def at(day: date, hour: int) -> datetime:
    """A plant day's hour by the plant's clock; 30 is six in the morning after."""
    later = day + timedelta(days=hour // 24)
    return datetime(later.year, later.month, later.day, hour % 24, tzinfo=ZONE)


def true_shifts(day: date, truth: Path) -> dict[tuple[str, str], TrueShift]:
    """(machine, shift) → what happened, from the file's lines alone."""
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    found = {}
    for machine_id in CAPACITY:
        own = [line for line in lines if line["machine_id"] == machine_id]
        pieces = [line for line in own if line["kind"] == "count"]
        halts = list(_joined(line for line in own if line["kind"] == "stop"))
        for name, (begin, end, pause) in SHIFTS.items():
            rest = at(day, pause)
            busy = Interval(at(day, begin), rest), Interval(_later(rest), at(day, end))
            shift = found[machine_id, name] = TrueShift(machine_id, busy)
            inside = [piece for piece in pieces if _time(piece["end"]) in shift.whole]
            shift.made = sum(piece["pieces"] for piece in inside)
            shift.scrap = sum(piece["scrap"] for piece in inside)
            shift.halts = [part for halt in halts for part in _cut(halt, busy)]
    return found


def _later(rest: datetime) -> datetime:
    """The end of a break, by the sun."""
    return rest.astimezone(UTC) + BREAK


def _joined(lines: Iterator[dict[str, Any]]) -> Iterator[Halt]:
    """States of one kind that follow each other are one stop."""
    current: Halt | None = None
    for line in sorted(lines, key=lambda line: line["start"]):
        kind, start, end = KINDS[line["state"]], _time(line["start"]), _time(line["end"])
        if current and current[0] == kind and current[2] == start:
            current = (kind, current[1], end)
            continue
        if current:
            yield current
        current = (kind, start, end)
    if current:
        yield current


def _cut(halt: Halt, busy: tuple[Interval, ...]) -> Iterator[Halt]:
    kind, start, end = halt
    for stretch in busy:
        part = Interval(start, end).intersection(stretch)
        if part is not None and part.duration_s > 0:
            yield kind, part.start, part.end


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _all_heard_after(moment: datetime) -> bool:
    """Whether every machine has made a piece since then, and AMIS stored it."""
    later = Sample.objects.filter(signal__role="produced", source_timestamp__gt=moment)
    return later.values("signal").distinct().count() == len(CAPACITY)


def _records(day: date) -> dict[tuple[str, str], ProductionRecord]:
    rows = ProductionRecord.objects.filter(production_date=day).select_related("machine")
    return {(row.machine.machine_id, row.shift): row for row in rows}


def _is_derived_beyond(day: date) -> bool:
    """Whether a piece of the next day is in every machine's record: then all before it is in."""
    begun = ProductionRecord.objects.filter(production_date=day + timedelta(days=1), shift="Day")
    return begun.filter(units_produced__gte=1).count() == len(CAPACITY)


def _halts(day: date) -> dict[tuple[str, str], list[Stop]]:
    found: dict[tuple[str, str], list[Stop]] = {}
    rows = Stop.objects.filter(production_date=day).select_related("machine").order_by("start")
    for row in rows:
        found.setdefault((row.machine.machine_id, row.shift), []).append(row)
    return found


def _assert_same_halts(expected: list[Halt], rows: list[Stop]) -> None:
    """Every stop has its row and every row its stop, begin and end within a second."""
    assert len(rows) == len(expected)
    for (_, start, end), row in zip(expected, rows, strict=True):
        assert abs(row.start - start) <= SECOND
        assert abs(row.end - end) <= SECOND


async def _assert_same_kpis(token: str, machine_id: str, day: date, shifts) -> None:
    own = [shift for (name, _), shift in shifts.items() if name == machine_id]
    kpis = await _kpis(token, machine_id, day)
    assert kpis["units_produced"] == sum(shift.made for shift in own)
    assert kpis["defective_units"] == sum(shift.scrap for shift in own)
    assert kpis["downtime_min"] == pytest.approx(sum(s.delay_s for s in own) / 60, abs=1 / 60)
    busy_s = [sum(stretch.duration_s for stretch in shift.stretches) for shift in own]
    oee = sum(s.oee * busy for s, busy in zip(own, busy_s, strict=True)) / sum(busy_s)
    assert kpis["oee"] == pytest.approx(oee, abs=5e-5)


async def _kpis(token: str, machine_id: str, day: date) -> dict[str, Any]:
    client = Client(HTTP_HOST="plant-chicago.amis.localhost", HTTP_AUTHORIZATION=f"Token {token}")
    window = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat()}
    answer = await ask(lambda: client.get("/api/kpis", {**window, "machine_id": machine_id}))
    assert answer.status_code == 200, answer.content
    return answer.json()


def _heard_after(moment: datetime) -> int:
    return Sample.objects.filter(source_timestamp__gt=moment).count()


def _twice() -> int:
    """How many instants of a signal are stored more than once, over all partitions."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (SELECT 1 FROM production_sample
               GROUP BY signal_id, source_timestamp HAVING count(*) > 1) AS doubled"""
        )
        return cursor.fetchone()[0]
