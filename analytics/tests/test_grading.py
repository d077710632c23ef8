"""The truth: every number that was said is graded when it is there, and none before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from amis.interval import Interval
from analytics.ml.downtime import silent
from analytics.models import Forecast, Prediction
from analytics.services.forecast_grading import grade_forecasts
from analytics.services.forecasts import issue_forecasts, train_forecast
from analytics.services.grading import grade_predictions
from analytics.services.scoring import score
from analytics.services.training import train_downtime
from analytics.tests.past import NOW, fill, shifts_in, write_records
from production.models import Machine, ProductionRecord

MIDNIGHT = datetime(2026, 11, 23, 6, tzinfo=UTC)
DAY_START, DAY_END = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 23, 20, tzinfo=UTC)
LATER = DAY_END + timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def said(inside):
    """Three machines and their plant, told of the running Day shift and of the next one."""
    fill()
    train_downtime(as_of=MIDNIGHT, tell=silent)
    score(now=NOW, tell=silent)
    return list(Machine.objects.order_by("machine_id"))


def happens(machine: Machine, minutes: float, until: datetime = DAY_END, **columns) -> None:
    """The record of the Day shift, or of all shifts since it until an instant."""
    shifts = shifts_in(machine, Interval(DAY_START, until))
    write_records(machine, shifts, lambda shift: minutes)
    ProductionRecord.objects.filter(machine=machine, shift_start__gte=DAY_START).update(**columns)


def actual(machine: Machine | None) -> float | None:
    return Prediction.objects.get(machine=machine, shift_start=DAY_START).actual_min


def test_every_number_is_graded_when_its_shift_has_ended(said):
    for machine, minutes in zip(said, (0.0, 25.0, 90.0), strict=True):
        happens(machine, minutes)
    assert grade_predictions(now=LATER) == 4
    assert [actual(machine) for machine in (*said, None)] == [0, 25, 90, 115]
    assert not Prediction.objects.filter(graded_at__isnull=True, shift_end__lte=LATER).exists()
    assert Prediction.objects.filter(actual_min__isnull=True).count() == 4
    assert grade_predictions(now=LATER) == 0


def test_a_shift_that_runs_or_has_only_just_ended_is_not_graded(said):
    for machine in said:
        happens(machine, 10.0)
    assert grade_predictions(now=DAY_END - timedelta(minutes=1)) == 0
    assert grade_predictions(now=DAY_END + timedelta(minutes=1)) == 0


def test_the_plant_waits_until_every_machine_of_it_is_known(said):
    first, second, third = said
    happens(first, 30.0)
    happens(second, 30.0)
    assert grade_predictions(now=LATER) == 2
    assert actual(None) is None
    happens(third, 40.0)
    assert grade_predictions(now=LATER + timedelta(hours=1)) == 2
    assert actual(None) == 100


def test_a_shift_without_a_known_downtime_stays_ungraded_and_may_be_submitted_later(said):
    first = said[0]
    happens(first, 30.0, adet_s=None, apt_s=None)
    assert grade_predictions(now=LATER) == 0
    ProductionRecord.objects.filter(machine=first, shift_start=DAY_START).update(adet_s=1200)
    assert grade_predictions(now=LATER + DAY) == 1
    assert actual(first) == 20


def test_of_a_shift_that_was_hardly_heard_the_truth_is_not_known(said):
    happens(said[0], 30.0, pbt_s=3_600.0, no_data_s=25_200.0)
    assert grade_predictions(now=LATER) == 0


def test_what_a_challenger_said_is_graded_too(inside):
    fill()
    for days in (14, 0):
        train_downtime(as_of=MIDNIGHT - timedelta(days=days), tell=silent)
    score(now=NOW, tell=silent)
    for machine in Machine.objects.all():
        happens(machine, 15.0)
    assert grade_predictions(now=LATER) == 8
    shadows = Prediction.objects.filter(is_shadow=True, shift_start=DAY_START)
    assert {row.actual_min for row in shadows} == {15, 45}


# --- days ----------------------------------------------------------------------------------------


@pytest.fixture
def foretold(inside, light):
    """Forecasts of a machine and its plant from the 20th on, whose days are recorded to the
    23rd.
    """
    fill(machines=1, days=30)
    origin = date(2026, 11, 20)
    as_of = MIDNIGHT - 3 * DAY
    train_forecast(as_of=as_of, lstm_parts=None, tell=silent)
    issue_forecasts(origin=origin, tell=silent)
    return Machine.objects.get()


def actuals(key: str, metric: str = "downtime_min") -> list[float | None]:
    return Forecast.objects.get(key=key, metric=metric).actuals


def downtime_of(day: date) -> float:
    records = ProductionRecord.objects.filter(production_date=day)
    return sum(one.adet_s for one in records) / 60


def test_the_days_of_a_forecast_fill_up_as_they_end(foretold):
    assert grade_forecasts(now=NOW) == 8
    known = [downtime_of(date(2026, 11, day)) for day in (20, 21, 22)]
    for key in ("M001", "*"):
        assert actuals(key) == pytest.approx(known)
    happens(foretold, 33.0, until=MIDNIGHT + timedelta(hours=30))
    assert grade_forecasts(now=NOW + DAY) == 8
    assert actuals("M001") == pytest.approx([*known, 99.0])
    assert len(actuals("M001", "oee")) == 4


def test_a_day_whose_night_shift_still_runs_is_not_known_yet(foretold):
    """Two thirds of a day are not the day."""
    ProductionRecord.objects.filter(production_date=date(2026, 11, 22), shift="Night").delete()
    assert grade_forecasts(now=MIDNIGHT + timedelta(hours=1)) == 8
    assert len(actuals("M001")) == 2
    assert grade_forecasts(now=MIDNIGHT + timedelta(hours=2)) == 0


def test_a_day_that_was_not_heard_stays_unknown(foretold):
    ProductionRecord.objects.filter(production_date=date(2026, 11, 21)).delete()
    grade_forecasts(now=NOW)
    assert actuals("M001")[1] is None
    assert actuals("*")[1] is None


def test_a_figure_that_was_corrected_meanwhile_corrects_the_grade(foretold):
    grade_forecasts(now=NOW)
    ProductionRecord.objects.filter(production_date=date(2026, 11, 20)).update(adet_s=600)
    grade_forecasts(now=NOW + DAY)
    assert actuals("M001")[0] == pytest.approx(30)
