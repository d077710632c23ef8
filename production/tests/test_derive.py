"""Records follow from samples, whenever and however often they are derived."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django_tenants.utils import tenant_context

from amis.interval import Interval
from production.models import (
    DataIssue,
    Machine,
    Outage,
    ProductionRecord,
    StateInterval,
    Stop,
    StopReason,
)
from production.services.derive import derive_records
from production.tests.factories import beside, make_machine, store

# 06:00 in Chicago on Thursday 19 November 2026
START = datetime(2026, 11, 19, 12, tzinfo=UTC)
END = START + timedelta(hours=8)
EXECUTE, HELD, RESETTING, SUSPENDED = 6, 11, 15, 5


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


@pytest.fixture
def plant(db, chicago):
    with tenant_context(chicago):
        yield


@pytest.fixture
def machine(plant):
    return make_machine(breaks=[{"start": "10:00", "end": "10:30"}])


def derive(machine, *, until: datetime = END, start: datetime = START):
    return derive_records(machine=machine, interval=Interval(start, until), now=until)


def golden_shift(machine) -> None:
    """370 pieces, 15 of them scrap; 63 minutes down from 300 to 363; a break from 240 to 270."""
    store(machine, "state", (minute(0), EXECUTE), (minute(300), HELD), (minute(363), EXECUTE))
    store(machine, "produced", (minute(-1), 1000), *((minute(1 + n), 1001 + n) for n in range(370)))
    store(machine, "defective", (minute(-1), 50), *((minute(5 + n), 51 + n) for n in range(15)))


def rows() -> list[tuple]:
    names = ("pk", "start", "end", "state", "cause")
    records = ProductionRecord.objects.order_by("shift_start", "source")
    return [
        list(StateInterval.objects.order_by("start").values_list(*names)),
        list(Stop.objects.order_by("start").values_list(*names)),
        [{k: v for k, v in r.__dict__.items() if k != "_state"} for r in records],
    ]


def test_the_golden_shift_from_samples(machine):
    golden_shift(machine)
    (record,) = derive(machine)
    assert (record.shift, str(record.production_date)) == ("Day", "2026-11-19")
    assert (record.pot_s, record.pbt_s, record.apt_s) == (28_800, 27_000, 387 * 60)
    assert (record.units_produced, record.good_units, record.defective_units) == (370, 355, 15)
    assert record.oee == pytest.approx(0.788889, abs=5e-7)
    assert (record.failures, record.unassigned_s) == (1, 63 * 60)
    assert record.simulated
    assert record.effective


def test_deriving_twice_leaves_the_same_rows_untouched(machine):
    golden_shift(machine)
    derive(machine)
    before = rows()
    derive(machine)
    assert rows() == before


def test_shift_by_shift_or_all_at_once_gives_the_same(machine):
    golden_shift(machine)
    store(machine, "state", (minute(500), SUSPENDED), (minute(520), EXECUTE))
    end = START + timedelta(hours=16)
    derive(machine, until=end)

    def content():
        return [
            list(StateInterval.objects.order_by("start").values_list("start", "end", "state")),
            list(Stop.objects.order_by("start").values_list("start", "end", "state")),
            list(ProductionRecord.objects.order_by("shift_start").values_list("pbt_s", "apt_s")),
        ]

    at_once = content()
    for model in (StateInterval, Stop, ProductionRecord):
        model.objects.all().delete()
    for n in range(16):
        begin = START + timedelta(hours=n)
        derive_records(
            machine=machine, interval=Interval(begin, begin + timedelta(hours=1)), now=end
        )
    assert content() == at_once


def test_a_running_shift_leaves_its_last_state_open(machine):
    store(machine, "state", (minute(0), EXECUTE), (minute(90), HELD))
    (record,) = derive(machine, until=minute(100))
    assert record.pbt_s == 6000
    assert Stop.objects.get().end is None
    (record,) = derive(machine, until=minute(110))
    assert record.adet_s == 1200
    assert Stop.objects.get().end is None
    store(machine, "state", (minute(105), EXECUTE))
    derive(machine, until=minute(110))
    assert Stop.objects.get().end == minute(105)


def test_a_stop_is_cut_at_the_shift_border(machine):
    store(machine, "state", (minute(0), EXECUTE), (minute(470), HELD), (minute(490), EXECUTE))
    derive(machine, until=minute(600))
    stops = list(Stop.objects.order_by("start").values_list("start", "end", "shift"))
    assert stops == [(minute(470), END, "Day"), (END, minute(490), "Evening")]


def test_late_data_change_the_record_they_belong_to(machine):
    golden_shift(machine)
    derive(machine)
    store(machine, "state", (minute(330), EXECUTE))
    store(machine, "produced", (minute(400), 1371))
    derive(machine, start=minute(330))
    record = ProductionRecord.objects.get()
    assert record.adet_s == 30 * 60
    assert record.units_produced == 371


def test_a_reason_survives_a_stop_that_grows(machine):
    store(machine, "state", (minute(0), EXECUTE), (minute(60), HELD))
    derive(machine, until=minute(70))
    reason = StopReason.objects.create(code="jam", name="Film break")
    Stop.objects.update(reason=reason, reason_by="alice")
    store(machine, "state", (minute(58), HELD), (minute(80), EXECUTE))
    (record,) = derive(machine, until=minute(90))
    stop = Stop.objects.get()
    assert (stop.start, stop.end, stop.reason, stop.reason_by) == (
        minute(58),
        minute(80),
        reason,
        "alice",
    )
    assert record.unassigned_s == 0


def test_waiting_for_a_neighbour_is_explained_by_its_cause(machine):
    store(machine, "starved", (minute(0), 0), (minute(60), 1), (minute(75), 0))
    store(machine, "state", (minute(0), EXECUTE), (minute(60), SUSPENDED), (minute(75), EXECUTE))
    (record,) = derive(machine, until=minute(90))
    assert (record.adet_s, record.unassigned_s) == (900, 0)
    assert Stop.objects.get().cause == "starved"


def test_an_outage_is_no_data_and_neither_busy_nor_down(machine):
    store(machine, "state", (minute(0), EXECUTE))
    Outage.objects.create(connection=machine.connection, started_at=minute(30), ended_at=minute(50))
    (record,) = derive(machine, until=minute(100))
    assert (record.no_data_s, record.pbt_s, record.adet_s) == (1200, 4800, 0)


def test_a_bad_value_changes_nothing(machine):
    store(machine, "state", (minute(0), EXECUTE))
    store(machine, "state", (minute(10), HELD), status=0x80000000)
    store(machine, "produced", (minute(-1), 10), (minute(1), 11))
    store(machine, "produced", (minute(2), 0), status=0x80AB0000)
    (record,) = derive(machine, until=minute(60))
    assert (record.adet_s, record.units_produced) == (0, 1)
    assert not DataIssue.objects.exists()


def test_a_counter_that_falls_is_an_issue_once(machine):
    store(machine, "state", (minute(0), EXECUTE))
    store(machine, "produced", (minute(-1), 500), (minute(1), 502), (minute(2), 1), (minute(3), 2))
    for _ in range(2):
        (record,) = derive(machine, until=minute(60))
    assert record.units_produced == 4
    issue = DataIssue.objects.get()
    assert (issue.kind, issue.started_at) == ("counter_reset", minute(2))


def test_a_submitted_record_keeps_counting(machine):
    golden_shift(machine)
    (record,) = derive(machine)
    ProductionRecord.objects.filter(pk=record.pk).update(effective=False)
    values = {k: getattr(record, k) for k in ("machine", "production_date", "shift", "shift_start",
              "shift_end", "pot_s", "pbt_s")}  # fmt: skip
    ProductionRecord.objects.create(source="submitted", units_produced=400, **values)
    derive(machine)
    assert ProductionRecord.objects.get(effective=True).units_produced == 400
    assert ProductionRecord.objects.get(source="derived").units_produced == 370


def test_a_shift_in_which_nothing_was_heard_has_no_record(machine):
    assert derive(machine) == []
    assert not StateInterval.objects.exists()


def test_a_machine_without_a_pattern_has_states_and_no_record(plant):
    machine = make_machine("M009")
    machine.shift_pattern = None
    machine.save()
    store(machine, "state", (minute(0), EXECUTE), (minute(30), HELD))
    assert derive(machine, until=minute(60)) == []
    assert [s.state for s in StateInterval.objects.order_by("start")] == ["Execute", "Held"]


@pytest.mark.parametrize(
    ("night", "hours"),
    [(datetime(2026, 3, 8, 4, tzinfo=UTC), 7), (datetime(2026, 11, 1, 3, tzinfo=UTC), 9)],
)
def test_the_night_of_a_clock_change_is_as_long_as_it_was(machine, night, hours):
    store(machine, "state", (night, EXECUTE))
    end = night + timedelta(hours=hours)
    (record,) = derive_records(machine=machine, interval=Interval(night, end), now=end)
    assert (record.shift, record.pot_s, record.apt_s) == ("Night", hours * 3600, hours * 3600)


def test_the_vendors_own_state_numbers_are_mapped(machine):
    machine.connection.state_map = {"10": "Execute", "30": "Aborted"}
    machine.connection.save()
    store(machine, "state", (minute(0), 10), (minute(20), 30), (minute(30), 55))
    (record,) = derive(machine, until=minute(60))
    assert (record.apt_s, record.adet_s, record.no_data_s) == (1200, 600, 1800)


def test_the_last_seconds_of_a_shift_are_derived_after_its_end(machine):
    """A live derivation looks at the running shift only; the one before still waits for its end."""
    store(machine, "state", (minute(0), EXECUTE))
    store(machine, "produced", (minute(-1), 100), (minute(479), 140))
    derive(machine, until=minute(478))
    later = minute(481)
    derive(machine, start=later - timedelta(seconds=1), until=later)
    day = ProductionRecord.objects.get(shift="Day")
    assert (day.apt_s, day.units_produced) == (day.pbt_s, 40) == (450 * 60, 40)
    assert [s.start for s in StateInterval.objects.filter(end=None)] == [END]


def test_a_shift_without_a_word_between_two_others_is_derived_alike(machine):
    store(machine, "state", (minute(0), EXECUTE))
    Outage.objects.create(
        connection=machine.connection, started_at=minute(480), ended_at=minute(960)
    )
    far = minute(1200)
    derive(machine, until=far)
    before = rows()
    evening = Interval(minute(600), minute(700))
    derive_records(machine=machine, interval=evening, now=far)
    assert rows() == before


def test_a_counter_that_was_never_heard_is_unknown_and_not_zero(machine):
    store(machine, "state", (minute(0), EXECUTE))
    store(machine, "produced", (minute(481), 10), (minute(482), 12))
    derive(machine, until=minute(600))
    produced = ProductionRecord.objects.order_by("shift_start").values_list("units_produced", "oee")
    assert list(produced) == [(None, None), (2, None)]


def test_a_text_where_a_number_belongs_does_not_lose_a_counters_base_line(machine):
    nothing = float("nan")
    store(machine, "state", (minute(0), EXECUTE))
    store(machine, "produced", (minute(-1), 0), (minute(470), 30), (minute(475), nothing))
    store(machine, "produced", (minute(490), 35))
    derive(machine, start=minute(481), until=minute(600))
    assert ProductionRecord.objects.get(shift="Evening").units_produced == 5


def test_a_plant_derives_nothing_of_another(machine, lyon):
    golden_shift(machine)
    derive(machine)
    with tenant_context(lyon):
        assert rows() == [[], [], []]
        twin = make_machine()
        assert derive(twin) == []


def test_who_waited_for_its_turn_reads_what_was_stored_meanwhile(committed, chicago):
    with tenant_context(chicago):
        machine = make_machine()
        store(machine, "state", (minute(0), EXECUTE))
        with ThreadPoolExecutor() as pool, transaction.atomic():
            Machine.objects.select_for_update().get()
            pool.submit(beside, chicago, derive, machine, until=minute(90))
            time.sleep(0.3)
            store(machine, "state", (minute(60), HELD))
        assert ProductionRecord.objects.get().adet_s == 30 * 60
