"""A plant's past as arrays: plan, outcome and down intervals, each known when it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from analytics.ml.history import STILL_DOWN_US
from analytics.selectors.shift_history import predicted_machines, shift_history
from production.models import Machine, PlantClosure, ProductionRecord, Signal, Stop
from production.selectors.calendar import calendar_of
from production.shopfloor.record import us
from production.tests.factories import make_machine, store

CHICAGO = "America/Chicago"
START = datetime(2026, 11, 18, 6, tzinfo=UTC)
END = START + timedelta(days=2)


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine()


def record(machine: Machine, day: date, shift: str, **values) -> ProductionRecord:
    planned = next(s for s in calendar_of(machine).on(day) if s.name == shift)
    defaults = {"pot_s": 28_800.0, "pbt_s": 28_800.0, "apt_s": 27_000.0, "adet_s": 1_800.0}
    return ProductionRecord.objects.create(
        machine=machine,
        production_date=day,
        shift=shift,
        shift_start=planned.interval.start,
        shift_end=planned.interval.end,
        source="derived",
        **{**defaults, **values},
    )


def history(end: datetime = END):
    return shift_history(machines=predicted_machines(), start=START, end=end, timezone=CHICAGO)


def test_a_planned_shift_without_a_record_is_a_row_whose_downtime_is_unknown(machine):
    record(machine, date(2026, 11, 18), "Day")
    found = history()
    assert [found.shift_names[n] for n in found.shift] == [
        "Day", "Evening", "Night", "Day", "Evening", "Night"
    ]  # fmt: skip
    assert found.downtime_min[0] == 30
    assert np.isnan(found.downtime_min[1:]).all()
    assert found.planned_min.tolist() == [480.0] * 6
    assert found.weekday.tolist() == [2, 2, 2, 3, 3, 3]


def test_no_downtime_is_zero_and_not_unknown(machine):
    record(machine, date(2026, 11, 18), "Day", adet_s=0.0)
    assert history().downtime_min[0] == 0


def test_of_a_shift_that_was_hardly_heard_the_downtime_is_unknown(machine):
    record(machine, date(2026, 11, 18), "Day", pbt_s=7_200.0, no_data_s=21_600.0)
    found = history()
    assert np.isnan(found.downtime_min[0])
    assert found.planned_min[0] == 480


def test_the_plan_of_a_shift_is_what_the_calendar_said_before_and_not_what_came(machine):
    record(machine, date(2026, 11, 18), "Day", pot_s=28_800.0, pbt_s=21_600.0,
           planned_down_s=7_200.0)  # fmt: skip
    found = history()
    assert found.planned_min[0] == 480
    assert found.maintenance_min[0] == 120


def test_a_closed_day_has_no_rows(machine):
    record(machine, date(2026, 11, 18), "Day")
    PlantClosure.objects.create(day=date(2026, 11, 19), name="Thanksgiving")
    assert len(history()) == 3


def test_a_stop_that_was_cut_at_the_border_of_a_shift_is_one_interval(machine):
    record(machine, date(2026, 11, 18), "Day")
    border = datetime(2026, 11, 18, 20, tzinfo=UTC)
    hour = timedelta(hours=1)
    for start, end in ((border - hour, border), (border, border + hour)):
        Stop.objects.create(machine=machine, start=start, end=end, state="Aborted")
    Stop.objects.create(machine=machine, start=border + 2 * hour, end=None, state="Held")
    Stop.objects.create(machine=machine, start=border - 3 * hour, end=border - 2 * hour,
                        state="Resetting")  # fmt: skip
    found = history()
    spans = list(zip(found.down_start_us.tolist(), found.down_end_us.tolist(), strict=True))
    assert spans == [
        (us(border - hour), us(border + hour)),
        (us(border + 2 * hour), STILL_DOWN_US),
    ]


def test_what_is_known_at_an_instant_leaves_out_what_came_after(machine):
    record(machine, date(2026, 11, 18), "Day")
    record(machine, date(2026, 11, 18), "Evening", adet_s=3_600.0)
    as_of = datetime(2026, 11, 18, 22, tzinfo=UTC)
    Stop.objects.create(machine=machine, start=as_of - timedelta(minutes=20),
                        end=as_of + timedelta(minutes=40), state="Aborted")  # fmt: skip
    Stop.objects.create(machine=machine, start=as_of + timedelta(hours=2),
                        end=as_of + timedelta(hours=3), state="Aborted")  # fmt: skip
    found = history().known_at(us(as_of))
    assert found.downtime_min[0] == 30
    assert np.isnan(found.downtime_min[1])
    assert found.down_end_us.tolist() == [STILL_DOWN_US]
    assert found.planned_min.tolist() == [480.0] * 6


def test_process_signals_are_summed_up_by_shift(machine):
    record(machine, date(2026, 11, 18), "Day")
    Signal.objects.create(machine=machine, name="temperature", role="process", node="nsu=u;s=t")
    begin = datetime(2026, 11, 18, 12, tzinfo=UTC)
    rows = [(begin + timedelta(hours=n), 20.0 + n) for n in range(8)]
    store(machine, "process", *rows)
    found = history()
    assert found.signals == ("temperature",)
    mean, slope, highest = found.signal_stats[0, 0]
    assert (mean, highest) == (23.5, 27.0)
    assert slope == pytest.approx(1.0)
    assert np.isnan(found.signal_stats[1:]).all()


def test_a_history_costs_the_same_statements_for_one_machine_and_for_ten(machine):
    record(machine, date(2026, 11, 18), "Day")
    with CaptureQueriesContext(
        connection,
    ) as one:
        history()
    for n in range(2, 11):
        record(make_machine(f"M{n:03d}"), date(2026, 11, 18), "Day")
    with CaptureQueriesContext(connection) as ten:
        found = history()
    assert len(found.machines) == 10
    assert len(ten) == len(one) <= 8
