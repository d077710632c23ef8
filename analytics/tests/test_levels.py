"""A × E × Q = OEE for the plant, each line, machine, shift and day, whoever says."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.interval import Interval
from analytics.kpis.rollup import Sums, kpis
from analytics.selectors import kpi_sums
from production.models import Area, Line, Machine
from production.services.derive import derive_records
from production.services.submit import submit_records
from production.shopfloor.window import Window
from production.tests.factories import make_machine, store

# 06:00 in Chicago on Thursday 19 November 2026
START = datetime(2026, 11, 19, 12, tzinfo=UTC)
NOW = START + timedelta(hours=30)
DAY = date(2026, 11, 19)
EXECUTE, HELD, RESETTING = 6, 11, 15
LEVELS = (None, "machine", "line", "shift", "day")


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def run(machine: Machine, *, every_min: int, scrap: int) -> None:
    """Thirty hours of one machine: a stop and a set-up in every shift, breaks, some scrap."""
    store(machine, "state", (hour(0), EXECUTE))
    for begin in (2, 9, 17, 26):
        store(machine, "state", (hour(begin), HELD), (hour(begin + 0.3), RESETTING),
              (hour(begin + 0.5), EXECUTE))  # fmt: skip
    times = [hour(0) + timedelta(minutes=n) for n in range(0, 30 * 60, every_min)]
    store(machine, "produced", *((at, n) for n, at in enumerate(times)))
    store(machine, "defective", *((at, n // scrap) for n, at in enumerate(times)))
    derive_records(machine=machine, interval=Interval(hour(0), NOW), now=NOW)


@pytest.fixture
def machines(db, chicago):
    """Three unlike machines in two lines; one shift of each of two is submitted by a person."""
    with tenant_context(chicago):
        hall = Area.objects.create(name="Hall")
        lines = [Line.objects.create(area=hall, name=f"Line {n}") for n in (1, 2)]
        breaks = [{"start": "10:00", "end": "10:30"}]
        made = [
            make_machine("M001", capacity=480, breaks=breaks, line=lines[0]),
            make_machine("M002", capacity=4_800, breaks=breaks, line=lines[0]),
            make_machine("M003", capacity=96, breaks=breaks, line=lines[1]),
        ]
        for machine, every_min, scrap in zip(made, (2, 1, 7), (10, 3, 50), strict=True):
            run(machine, every_min=every_min, scrap=scrap)
        row = {"production_date": DAY.isoformat(), "units_produced": 300, "defective_units": 7,
               "downtime_min": 61}  # fmt: skip
        rows = [{**row, "machine_id": "M001", "shift": "Day"},
                {**row, "machine_id": "M003", "shift": "Night"}]  # fmt: skip
        submit_records(rows=rows, now=NOW)
        yield made


def windows() -> list[Window]:
    return [
        Window.of_dates(DAY, DAY + timedelta(days=2), timezone="America/Chicago"),
        Window.of_dates(DAY, DAY + timedelta(days=1), timezone="America/Chicago"),
        Window(Interval(hour(-1), hour(17))),
    ]


def product(sums: Sums) -> float:
    figures = kpis(sums)
    return figures["availability"] * figures["effectiveness"] * figures["quality_ratio"]


@pytest.mark.parametrize("group_by", LEVELS)
def test_the_product_is_oee_and_the_parts_are_the_whole(machines, group_by):
    for window in windows():
        answer = kpi_sums(window=window, machines=machines, group_by=group_by, now=NOW)
        plain = kpi_sums(window=window, machines=machines, now=NOW)
        parts = [sums for _, sums in answer.groups or answer.machines]
        for sums in (answer.total, *parts, *(sums for _, sums in answer.machines)):
            assert product(sums) == pytest.approx(kpis(sums)["oee"])
            busy = sums.apt_s + sums.aust_s + sums.adet_s + sums.adot_s
            assert busy == pytest.approx(sums.pbt_s)
        for name in (field.name for field in fields(Sums)):
            whole = getattr(answer.total, name)
            assert sum(getattr(sums, name) for sums in parts) == pytest.approx(whole), name
            assert getattr(plain.total, name) == pytest.approx(whole), name
        assert answer.total.records == sum(sums.records for sums in parts) > 3


def test_what_a_person_submitted_stands_in_for_what_was_derived(machines):
    day = Window.of_dates(DAY, DAY + timedelta(days=1), timezone="America/Chicago")
    sums = kpi_sums(window=day, machines=machines[:1], shift="Day", now=NOW).total
    assert (sums.records, sums.pq, sums.sq) == (1, 300, 7)
    assert (sums.pbt_s / 60, sums.apt_s / 60, sums.adet_s / 60) == (450, 389, 61)


def test_two_plants_together_are_their_seconds_and_pieces_together(machines):
    """As the corporate summary adds: first the sums, then the ratios."""
    answer = kpi_sums(window=windows()[0], machines=machines, now=NOW)
    (_, one), *_, (_, other) = answer.machines
    both = one + other
    assert product(both) == pytest.approx(kpis(both)["oee"])
    mean = (kpis(one)["quality_ratio"] + kpis(other)["quality_ratio"]) / 2
    assert abs(kpis(both)["quality_ratio"] - mean) > 0.01
