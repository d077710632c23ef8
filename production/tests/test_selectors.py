"""What pages and the API read: the plant's clock, strips, stops, curves and the records that
count.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from django_tenants.utils import schema_context, tenant_context

from amis.interval import Interval
from production.figures.strip import Stretch
from production.models import PlantClosure, ProductionRecord, Signal, StateInterval, Stop
from production.selectors.calendar import calendar_of, plant_timezone
from production.selectors.machines import first_day, plant_machines, shift_calendar
from production.selectors.records import records_in
from production.selectors.series import counters_of, means_of, series_of
from production.selectors.states import (
    minutes_by_kind,
    silent_since,
    stops_in,
    stretches_of,
    ticks_of,
    without_minor,
)
from production.selectors.tracks import tracks_of
from production.services.derive import derive_records
from production.shopfloor.window import Window
from production.tests.factories import make_machine, store

# 06:00 in Chicago on Thursday 19 November 2026
START = datetime(2026, 11, 19, 12, tzinfo=UTC)
DAY = Interval(START, START + timedelta(hours=8))


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine(breaks=[{"start": "10:00", "end": "10:30"}])


def test_a_thread_that_only_knows_the_schema_knows_the_plants_clock(db):
    for schema, zone in (("plant_chicago", "America/Chicago"), ("plant_lyon", "Europe/Paris")):
        with schema_context(schema):
            assert plant_timezone() == zone


def test_a_machines_calendar_is_its_pattern_in_plant_time_without_closed_days(machine):
    PlantClosure.objects.create(day=date(2026, 11, 20), name="Inventory")
    calendar = calendar_of(machine)
    assert calendar.on(date(2026, 11, 19))[0].interval == DAY
    assert calendar.on(date(2026, 11, 20)) == ()
    assert shift_calendar(plant_machines().get()) == calendar
    machine.shift_pattern = None
    assert calendar_of(machine) is None


def test_the_first_day_is_that_of_the_first_record(machine):
    assert first_day(machine) is None
    store(machine, "state", (minute(0), 6))
    derive_records(machine=machine, interval=DAY, now=minute(600))
    assert first_day(plant_machines().get()) == date(2026, 11, 19)


def test_a_strip_shows_states_breaks_and_silence(machine):
    store(machine, "state", (minute(10), 6), (minute(100), 11), (minute(120), 15), (minute(130), 4))
    now = minute(300)
    derive_records(machine=machine, interval=DAY, now=now)
    shifts = {machine.pk: calendar_of(machine).overlapping(DAY)}
    strip = stretches_of([machine], DAY, now=now, shifts=shifts)[machine.pk]
    since = [((s.start - START.timestamp()) / 60, (s.end - s.start) / 60, s.kind) for s in strip]
    assert since == [
        (10, 90, "running"),
        (100, 20, "down"),
        (120, 10, "changeover"),
        (130, 110, "idle"),
        (240, 30, "planned"),
        (270, 30, "idle"),
    ]
    assert minutes_by_kind(strip) == {
        "running": 90,
        "down": 20,
        "changeover": 10,
        "planned": 30,
        "idle": 140,
    }


def test_a_strip_is_cut_to_its_interval_and_never_reaches_into_the_future(machine):
    StateInterval.objects.create(machine=machine, start=minute(-60), end=minute(20), state="Held")
    StateInterval.objects.create(machine=machine, start=minute(20), end=None, state="Execute")
    other = make_machine("M002")
    hour = Interval(minute(0), minute(60))
    strips = stretches_of([machine, other], hour, now=minute(40), shifts={})
    assert [(s.end - s.start, s.kind) for s in strips[machine.pk]] == [
        (1200, "down"),
        (1200, "running"),
    ]
    assert strips[other.pk] == []


def test_ticks_are_in_plant_time(machine):
    labels = [label for _, label in ticks_of(DAY, timezone="America/Chicago")]
    assert labels == ["06", "08", "10", "12", "14"]


def test_ticks_of_a_day_that_loses_an_hour_stand_at_the_hours_that_exist():
    night = Interval(datetime(2026, 3, 8, 4, tzinfo=UTC), datetime(2026, 3, 8, 12, tzinfo=UTC))
    ticks = ticks_of(night, timezone="America/Chicago")
    assert [label for _, label in ticks] == ["22", "00", "03", "04", "06"]
    assert [(after - before) / 3600 for (before, _), (after, _) in pairwise(ticks)] == [2, 2, 1, 2]


def test_a_week_is_marked_by_its_days():
    week = Interval(START, START + timedelta(days=7))
    labels = [label for _, label in ticks_of(week, timezone="America/Chicago")]
    assert len(labels) == 7
    assert labels[0].split()[0] in {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}


def test_stops_that_touch_an_interval_come_newest_first(machine):
    def stop(start: float, end: float | None, of=machine) -> None:
        until = None if end is None else minute(end)
        Stop.objects.create(machine=of, start=minute(start), end=until, state="Held")

    other = make_machine("M002")
    for start, end in ((-20, 0), (-10, 5), (30, 40), (50, None)):
        stop(start, end)
    stop(45, 50, other)
    stop(60, 70, other)
    hour = Interval(minute(0), minute(60))
    starts = [(s.start - START).total_seconds() / 60 for s in stops_in(hour)]
    assert starts == [50, 45, 30, -10]
    assert [s.start for s in stops_in(hour, machine=other)] == [minute(45)]


@pytest.fixture
def pressure(machine) -> Signal:
    return Signal.objects.create(
        machine=machine, name="pressure", unit="bar", node="nsu=urn:test;s=p", max_value=12
    )


def put(machine, rows, status: int = 0) -> None:
    store(machine, "process", *rows, status=status)


def test_a_curve_of_few_points_is_what_was_stored(machine, pressure):
    put(machine, [(minute(n), float(n)) for n in (0, 1, 2)])
    put(machine, [(minute(1.5), 99.0)], status=0x80000000)
    (curve,) = series_of(machine=machine, interval=Interval(START, minute(60)), points=600)
    assert (curve["name"], curve["unit"], curve["min"], curve["max"]) == (
        "pressure",
        "bar",
        None,
        12,
    )
    assert curve["v"] == [0, 1, 2]
    assert curve["t"] == [minute(n).timestamp() for n in (0, 1, 2)]


def test_a_thinned_curve_keeps_its_peaks_and_its_order(machine, pressure):
    values = [float(n % 7) for n in range(3600)]
    values[1234], values[2345] = 500.0, -500.0
    put(machine, [(START + timedelta(seconds=n), v) for n, v in enumerate(values)])
    (curve,) = series_of(machine=machine, interval=Interval(START, minute(60)), points=100)
    assert 90 <= len(curve["t"]) <= 100
    assert curve["t"] == sorted(curve["t"])
    assert (max(curve["v"]), min(curve["v"])) == (500, -500)


def test_a_counter_begins_with_its_value_before_the_interval(machine):
    store(machine, "produced", (minute(-5), 90), (minute(0), 100), (minute(1), 101))
    signal = machine.signals.get(role="produced")
    times, values, before = counters_of([signal.pk], DAY)[signal.pk]
    assert (before, values.tolist()) == (90, [100, 101])
    assert times.tolist() == [minute(0).timestamp(), minute(1).timestamp()]
    early = Interval(minute(-60), minute(-50))
    assert counters_of([signal.pk], early)[signal.pk][2] is None


def test_tracks_hold_good_values_and_the_one_in_force_before(machine):
    store(machine, "state", (minute(-9), 4), (minute(-5), 6), (minute(3), 11))
    store(machine, "state", (minute(-1), 9), (minute(4), 9), status=0x40000000)
    tracks = tracks_of(machine, DAY)
    assert (tracks["state"].before, tracks["state"].values.tolist()) == (6, [11])
    assert (tracks["produced"].before, len(tracks["produced"].values)) == (None, 0)
    store(machine, "state", (minute(-0.5), np.nan))
    assert np.isnan(tracks_of(machine, DAY)["state"].before)


def test_one_record_a_shift_counts_and_belongs_to_the_day_it_starts_on(machine):
    def record(day: int, shift: str, hour: int, source: str = "derived", **more) -> None:
        start = datetime(2026, 11, day, hour, tzinfo=UTC)
        ProductionRecord.objects.create(
            machine=machine,
            production_date=date(2026, 11, 19),
            shift=shift,
            source=source,
            shift_start=start,
            shift_end=start + timedelta(hours=8),
            pot_s=1,
            pbt_s=1,
            **more,
        )

    record(19, "Day", 12, effective=False)
    record(19, "Day", 12, source="submitted")
    record(20, "Night", 4)

    def found(window: Window, shift: str | None = None) -> set[tuple[str, str]]:
        rows = records_in(window=window, machines=[machine], shift=shift)
        return set(rows.values_list("shift", "source"))

    whole = Window.of_dates(date(2026, 11, 19), date(2026, 11, 20), timezone="America/Chicago")
    assert found(whole) == {("Day", "submitted"), ("Night", "derived")}
    assert found(whole, "Night") == {("Night", "derived")}
    assert found(Window(DAY)) == {("Day", "submitted")}
    assert not records_in(window=whole, machines=[make_machine("M002")]).exists()


def test_a_plant_reads_nothing_of_another(machine, lyon):
    store(machine, "state", (minute(0), 11))
    derive_records(machine=machine, interval=DAY, now=minute(60))
    assert stops_in(DAY).exists()
    with tenant_context(lyon):
        assert not stops_in(DAY).exists()
        assert not plant_machines().exists()


def test_a_list_without_minor_stops_keeps_long_ones_set_ups_and_the_running_one(machine):
    def stop(start: float, end: float | None, state: str) -> None:
        until = None if end is None else minute(end)
        Stop.objects.create(machine=machine, start=minute(start), end=until, state=state)

    stop(0, 1.9, "Held")
    stop(10, 12, "Held")
    stop(20, 21, "Resetting")
    stop(30, None, "Aborted")
    kept = without_minor(stops_in(Interval(minute(0), minute(60))))
    assert [(s.start - START).total_seconds() / 60 for s in kept] == [30, 20, 10]


def test_means_of_equal_stretches_leave_out_what_is_silent_or_bad(machine, pressure):
    rows = [(minute(0), 2.0), (minute(1), 4.0), (minute(25), 7.0)]
    store(machine, "process", *rows)
    means = means_of([pressure.pk], Interval(minute(0), minute(30)), stretches=3)[pressure.pk]
    assert [(m.stretch, m.mean, m.lowest, m.highest, m.last) for m in means] == [
        (0, 3.0, 2.0, 4.0, 4.0),
        (2, 7.0, 7.0, 7.0, 7.0),
    ]


def test_what_a_silent_machine_did_since_it_was_heard_is_not_known():
    strip = [Stretch(0, 60, "down"), Stretch(60, 100, "running")]
    heard, now = datetime.fromtimestamp(80, tz=UTC), datetime.fromtimestamp(100, tz=UTC)
    assert silent_since(strip, heard, now=now) == [
        Stretch(0, 60, "down"),
        Stretch(60, 80, "running"),
        Stretch(80, 100, "no_data"),
    ]
    assert silent_since(strip, None, now=now) == strip
