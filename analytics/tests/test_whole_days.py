"""At night yesterday goes on: its figure so far is told nowhere as if the day were over."""

from __future__ import annotations

from datetime import UTC, date, datetime

from analytics.selectors.forecast_outlook import downtime_ahead, forecast_outlook
from analytics.tests.past import NOW, fill
from analytics.tests.stored import store_forecast

AFTER_MIDNIGHT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
SUNDAY = date(2026, 11, 22)


def told(now: datetime):
    found = forecast_outlook(metric="downtime_min", machine_id=None, days=30, now=now)
    week = next(total for total in found.totals if total.days == 7)
    return {day.day: day.value for day in found.history}, week


def test_before_the_night_shift_has_ended_the_day_is_unknown_and_no_week_is_compared(inside, at):
    fill(machines=2, days=80)
    store_forecast(NOW, date(2026, 11, 23))
    at(AFTER_MIDNIGHT)
    days, week = told(AFTER_MIDNIGHT)
    assert days[SUNDAY] is None
    assert days[date(2026, 11, 21)] is not None
    assert week.before is None


def test_in_the_morning_the_day_is_told_and_what_was_said_at_night_stays_as_it_was(inside, at):
    fill(machines=2, days=80)
    store_forecast(AFTER_MIDNIGHT, date(2026, 11, 23))
    days, week = told(NOW)
    assert days[SUNDAY] is not None
    assert week.before is not None
    assert downtime_ahead(said_by=AFTER_MIDNIGHT).total.before is None
