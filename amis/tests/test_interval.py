"""A span of time holds its start and not its end, and knows its instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from amis.interval import Interval

SIX, SEVEN, EIGHT = (datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in (6, 7, 8))
NAIVE = datetime(2026, 11, 20, 7)  # noqa: DTZ001 – what is refused


@pytest.mark.parametrize(("start", "end"), [(NAIVE, EIGHT), (SIX, NAIVE)])
def test_a_time_without_a_zone_is_refused_at_either_end(start, end):
    with pytest.raises(ValueError, match="aware"):
        Interval(start, end)


def test_an_end_before_the_start_is_refused_and_an_empty_span_is_not():
    with pytest.raises(ValueError, match="before it starts"):
        Interval(EIGHT, SIX)
    assert Interval(SIX, SIX).duration_s == 0


def test_ends_in_any_zone_are_kept_in_utc():
    east = timezone(timedelta(hours=5, minutes=30))
    span = Interval(SIX.astimezone(east), SEVEN.astimezone(east))
    assert (span.start.utcoffset(), span.end.utcoffset()) == (timedelta(0), timedelta(0))
    assert span == Interval(SIX, SEVEN)
    assert span.duration_s == 3600


def test_the_start_lies_inside_and_the_end_does_not():
    span = Interval(SIX, SEVEN)
    assert SIX in span
    assert SEVEN not in span


def test_spans_that_only_touch_share_nothing():
    early, late = Interval(SIX, SEVEN), Interval(SEVEN, EIGHT)
    assert not early.overlaps(late)
    assert not late.overlaps(early)
    assert early.intersection(late) is None
    assert late.intersection(Interval(SIX, EIGHT)) == late
