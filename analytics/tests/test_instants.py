"""Instants of training and prediction that a replay finds again, true to the plant's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.ml.instants import issue_instant, training_instant

CHICAGO = "America/Chicago"


def local(*parts: int, zone: str = CHICAGO) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", [CHICAGO, "Europe/Paris", "Asia/Kolkata"])
def test_the_weekly_training_stands_at_monday_midnight_of_the_plant(zone):
    found = training_instant(local(2026, 11, 26, 15, zone=zone), every_days=7, timezone=zone)
    assert found == local(2026, 11, 23, zone=zone)


def test_at_monday_midnight_the_new_week_has_begun_and_a_moment_before_it_has_not():
    monday = local(2026, 11, 23)
    assert training_instant(monday, every_days=7, timezone=CHICAGO) == monday
    before = monday - timedelta(microseconds=1)
    assert training_instant(before, every_days=7, timezone=CHICAGO) == local(2026, 11, 16)


def test_a_week_with_a_changing_clock_still_begins_at_midnight():
    found = training_instant(local(2026, 11, 4, 12), every_days=7, timezone=CHICAGO)
    assert found == local(2026, 11, 2)
    assert found - training_instant(
        found - timedelta(hours=1), every_days=7, timezone=CHICAGO
    ) == timedelta(days=7, hours=1)


def test_before_its_start_a_shift_is_predicted_as_of_the_full_hour_and_then_as_of_its_start():
    start = datetime(2026, 11, 26, 20, tzinfo=UTC)
    assert issue_instant(start, start - timedelta(minutes=18)) == start - timedelta(hours=1)
    assert issue_instant(start, start) == start
    assert issue_instant(start, start + timedelta(hours=3)) == start


def test_a_shift_that_starts_at_half_past_is_never_predicted_as_of_later_than_its_start():
    start = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
    for minutes in range(0, 180, 7):
        now = start - timedelta(minutes=90) + timedelta(minutes=minutes)
        assert issue_instant(start, now) <= start
