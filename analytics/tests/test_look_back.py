"""The eight weeks before a first model: replayed once, marked as such, judged at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from analytics.ml.downtime import silent
from analytics.models import Forecast, Prediction
from analytics.selectors.said import said_last
from analytics.selectors.track_record import track_record
from analytics.services.forecast_grading import grade_forecasts
from analytics.services.look_back import look_back
from analytics.services.look_back_days import look_back_days
from analytics.services.scoring import score
from analytics.services.training import train_downtime
from analytics.tests.past import NOW, fill
from analytics.tests.test_replay import Killed, killed_after
from production.models import ProductionRecord
from production.services.jobs import Cancelled

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
WEEKS = timedelta(weeks=8)


@pytest.fixture
def plant(inside):
    fill(machines=2, days=80)


def test_each_shift_of_eight_weeks_is_answered_once_and_graded(plant):
    assert look_back(until=MONDAY, tell=silent) == Prediction.objects.count()
    rows = Prediction.objects.all()
    planned = ProductionRecord.objects.filter(
        shift_start__gte=MONDAY - WEEKS, shift_start__lt=MONDAY
    )
    assert rows.count() == planned.count()
    truth = {(r.machine_id, r.shift_start): r.adet_s / 60 for r in planned}
    for row in rows:
        assert (row.origin, row.version, row.is_shadow) == ("replay", None, False)
        assert row.as_of == row.shift_start
        assert row.actual_min == pytest.approx(truth[row.machine_id, row.shift_start])
        assert row.graded_at is not None


def test_a_look_back_that_was_killed_is_done_again_without_a_double_row(plant):
    with pytest.raises(Killed):
        look_back(until=MONDAY, tell=killed_after(3))
    first = set(Prediction.objects.values_list("pk", flat=True))
    assert first
    look_back(until=MONDAY, tell=silent)
    keys = list(Prediction.objects.values_list("machine", "shift_start"))
    assert len(keys) == len(set(keys))
    assert first <= set(Prediction.objects.values_list("pk", flat=True))


def test_a_week_is_answered_by_what_was_known_before_it(plant):
    look_back(until=MONDAY, tell=silent)
    border = MONDAY - timedelta(weeks=2)
    early = Prediction.objects.filter(shift_start__lt=border)
    before = list(early.order_by("machine", "shift_start").values_list("median_min", "hi95"))
    Prediction.objects.all().delete()
    ProductionRecord.objects.filter(shift_start__gte=border).update(adet_s=20_000)
    look_back(until=MONDAY, tell=silent)
    after = list(early.order_by("machine", "shift_start").values_list("median_min", "hi95"))
    assert after == before


def test_the_record_and_the_scorecard_show_replayed_beside_live_rows(
    db, at, chicago, alice, client_of
):
    with tenant_context(chicago):
        fill(machines=2, days=30)
        train_downtime(as_of=MONDAY, tell=silent)
        look_back(until=MONDAY, tell=silent)
        score(now=NOW, tell=silent)
        record = track_record("M001")
    assert len(record.shifts) > 20
    assert record.mae_min is not None
    assert record.naive_mae_min is not None
    rows = client_of(alice, chicago).get("/api/ml/scorecard?limit=1000").json()["results"]
    assert {row["origin"] for row in rows} == {"live", "replay"}
    assert {row["model_version"] for row in rows if row["origin"] == "replay"} == {None}
    assert all(row["naive_min"] is not None for row in rows if row["origin"] == "replay")
    assert all(row["naive_min"] is None for row in rows if row["actual_min"] is None)


def test_what_was_replayed_is_never_shown_as_what_is_said_now(inside):
    """A look back from the middle of a shift tells of that shift too."""
    fill(machines=1, days=30)
    version = train_downtime(as_of=MONDAY, tell=silent).version
    score(now=NOW, tell=silent)
    look_back(until=NOW.replace(minute=0), tell=silent)
    Prediction.objects.filter(shift_start__gt=NOW).delete()
    said = said_last(NOW)
    assert said is not None
    assert {row.version for row in (*said.machines, said.plant)} == {version}


def test_eight_mondays_are_forecast_once_and_graded(inside, light):
    fill(machines=1, days=100)
    stored = look_back_days(until=MONDAY, tell=silent)
    assert stored == Forecast.objects.count() == 8 * 8
    rows = Forecast.objects.filter(key="*", metric="downtime_min").order_by("origin")
    assert [row.origin for row in rows] == [
        date(2026, 11, 23) - timedelta(weeks=n) for n in range(8, 0, -1)
    ]
    assert {(row.made_by, row.version) for row in Forecast.objects.all()} == {("replay", None)}
    look_back_days(until=MONDAY, tell=silent)
    assert Forecast.objects.count() == 8 * 8
    assert grade_forecasts(now=NOW) == 8 * 8
    assert [len(row.actuals) for row in rows.all()][-1] == 7
    assert all(len(row.actuals) == 30 for row in rows.all()[:3])


def test_looking_back_on_days_ends_where_it_is_cancelled_and_not_only_after_a_week(plant):
    def cancelled(percent: float, step: str) -> None:
        if "backtest from" in step:
            raise Cancelled

    with pytest.raises(Cancelled):
        look_back_days(until=MONDAY, tell=cancelled)
    assert not Forecast.objects.exists()
