"""Shifts are true to the plant's zone, both nights of a clock change included."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amis.errors import Invalid
from amis.interval import Interval
from production.shopfloor.shifts import (
    BreakTime,
    ShiftCalendar,
    ShiftTime,
    WeekPattern,
    instant_at,
    start_of_day,
    validate_pattern,
)

EVERY_DAY = frozenset(range(7))
THREE = (
    ShiftTime("Day", "06:00", "14:00"),
    ShiftTime("Evening", "14:00", "22:00"),
    ShiftTime("Night", "22:00", "06:00"),
)


def calendar(zone: str, *breaks: BreakTime, shifts: tuple[ShiftTime, ...] = THREE) -> ShiftCalendar:
    return ShiftCalendar(zone, WeekPattern(EVERY_DAY, shifts, breaks))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Chicago", date(2026, 3, 7), 7),
        ("America/Chicago", date(2026, 10, 31), 9),
        ("America/Chicago", date(2026, 6, 1), 8),
        ("Europe/Paris", date(2026, 3, 28), 7),
        ("Europe/Paris", date(2026, 10, 24), 9),
        ("Asia/Kolkata", date(2026, 3, 7), 8),
    ],
)
def test_the_night_shift_lasts_as_long_as_the_clock_says(zone, day, hours):
    night = calendar(zone).on(day)[2]
    assert night.date == day
    assert night.pot_s == hours * 3600


@pytest.mark.parametrize(("day", "hour"), [(date(2026, 3, 7), 14), (date(2026, 3, 9), 13)])
def test_eight_in_chicago_moves_with_daylight_saving(day, hour):
    shift = calendar("America/Chicago", shifts=(ShiftTime("Day", "08:00", "16:00"),)).on(day)[0]
    assert shift.interval.start == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_a_shift_in_kolkata_starts_on_the_half_hour_of_utc():
    shift = calendar("Asia/Kolkata").on(date(2026, 11, 19))[0]
    assert shift.interval.start == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)


def test_an_instant_after_midnight_belongs_to_the_day_on_which_its_shift_began():
    chicago = calendar("America/Chicago")
    instant = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # 02:00 on the 20th in Chicago
    assert chicago.at(instant).name == "Night"
    assert chicago.day_of(instant) == date(2026, 11, 19)


def test_a_break_is_not_busy_time_and_a_running_shift_counts_so_far():
    paris = calendar("Europe/Paris", BreakTime("10:00", "10:30"), BreakTime("02:00", "02:30"))
    day, _, night = paris.on(date(2026, 11, 19))
    assert (day.pot_s, day.pbt_s) == (480 * 60, 450 * 60)
    assert night.breaks[0].start == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert day.elapsed(datetime(2026, 11, 19, 9, 15, tzinfo=UTC)) == (255 * 60, 240 * 60)
    assert day.elapsed(day.interval.start) == (0, 0)


def test_a_shift_counts_nothing_before_it_starts_and_no_more_once_it_is_over():
    day = calendar("Etc/UTC", BreakTime("10:00", "10:30")).on(date(2026, 11, 19))[0]
    before, after = (datetime(2026, 11, 19, hour, tzinfo=UTC) for hour in (5, 20))
    assert day.elapsed(before) == (0, 0)
    assert day.elapsed(after) == (day.pot_s, day.pbt_s) == (480 * 60, 450 * 60)
    assert day.busy_s(after) == 450 * 60


def test_breaks_at_the_borders_of_a_shift_and_several_in_it_all_count():
    breaks = (
        BreakTime("06:00", "06:10"),
        BreakTime("10:00", "10:30"),
        BreakTime("13:45", "14:00"),
    )
    validate_pattern(WeekPattern(EVERY_DAY, THREE, breaks))
    day, evening, _ = calendar("Etc/UTC", *breaks).on(date(2026, 11, 19))
    assert day.pot_s - day.pbt_s == (10 + 30 + 15) * 60
    assert evening.pbt_s == evening.pot_s


def test_closed_days_and_free_weekdays_have_no_shift():
    pattern = WeekPattern(frozenset({0, 1, 2, 3, 4}), THREE)
    paris = ShiftCalendar("Europe/Paris", pattern, frozenset({date(2026, 12, 25)}))
    assert paris.on(date(2026, 12, 25)) == ()
    assert paris.on(date(2026, 12, 26)) == ()
    assert paris.at(datetime(2026, 12, 27, 12, tzinfo=UTC)) is None


def test_an_instant_outside_every_shift_belongs_to_the_local_date():
    closed = ShiftCalendar("America/Chicago", WeekPattern(frozenset({0}), THREE))
    sunday_night = datetime(2026, 11, 30, 3, tzinfo=UTC)  # 21:00 on the 29th in Chicago
    assert closed.at(sunday_night) is None
    assert closed.day_of(sunday_night) == date(2026, 11, 29)


@pytest.mark.parametrize(
    ("day", "at", "hour", "minute"),
    [
        (date(2026, 3, 8), time(1, 45), 7, 45),
        (date(2026, 3, 8), time(2, 30), 8, 0),  # skipped: the clock goes from 02:00 to 03:00
        (date(2026, 11, 1), time(1, 30), 6, 30),  # shown twice: the first of the two
    ],
)
def test_a_time_of_day_is_the_instant_at_which_the_clock_first_shows_it(day, at, hour, minute):
    expected = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    assert instant_at(day, at, "America/Chicago") == expected


def test_a_day_starts_at_local_midnight():
    start = start_of_day(date(2026, 11, 20), "Asia/Kolkata")
    assert start == datetime(2026, 11, 19, 18, 30, tzinfo=UTC)


def test_a_whole_day_can_be_one_shift():
    for shift in (ShiftTime("All", "00:00", "24:00"), ShiftTime("All", "00:00", "00:00")):
        whole = calendar("Etc/UTC", shifts=(shift,)).on(date(2026, 11, 19))[0]
        assert whole.pot_s == 24 * 3600


def test_overlapping_finds_the_shift_that_began_the_day_before():
    night = Interval(datetime(2026, 11, 20, 2, tzinfo=UTC), datetime(2026, 11, 20, 3, tzinfo=UTC))
    assert [s.date for s in calendar("Etc/UTC").overlapping(night)] == [date(2026, 11, 19)]


@pytest.mark.parametrize(
    ("shifts", "breaks", "sentence"),
    [
        ((ShiftTime("A", "06:00", "14:00"), ShiftTime("B", "13:00", "20:00")), (), "A and B over"),
        ((ShiftTime("A", "22:00", "06:00"), ShiftTime("B", "05:00", "20:00")), (), "A and B over"),
        ((ShiftTime(" ", "06:00", "14:00"),), (), "needs a name"),
        ((ShiftTime("A", "6", "14:00"),), (), "not a time of day"),
        ((ShiftTime("A", "06:00", "24:30"),), (), "not a time of day"),
        ((ShiftTime("A", "06:00", "14:00"),), (BreakTime("15:00", "15:30"),), "in no shift"),
        ((ShiftTime("A", "06:00", "14:00"),), (BreakTime("05:45", "06:15"),), "in no shift"),
        ((ShiftTime("A", "06:00", "14:00"), ShiftTime("a", "14:00", "22:00")), (), "same name"),
    ],
)
def test_an_impossible_pattern_is_refused_with_a_sentence(shifts, breaks, sentence):
    with pytest.raises(Invalid, match=sentence):
        validate_pattern(WeekPattern(EVERY_DAY, shifts, breaks))


def test_the_usual_pattern_is_accepted():
    validate_pattern(WeekPattern(EVERY_DAY, THREE, (BreakTime("02:00", "02:30"),)))


def test_shifts_may_be_listed_in_any_order_and_a_plant_may_have_none():
    validate_pattern(WeekPattern(EVERY_DAY, THREE[::-1]))
    validate_pattern(WeekPattern(frozenset(), ()))


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [(date(2026, 3, 7), "02:30", "03:15"), (date(2026, 10, 31), "01:30", "02:15")],
)
def test_a_break_keeps_its_length_when_the_clocks_change(day, start, end):
    night = calendar("America/Chicago", BreakTime(start, end)).on(day)[2]
    assert night.pot_s - night.pbt_s == 45 * 60


def test_breaks_that_overlap_count_once():
    breaks = (BreakTime("10:00", "10:30"), BreakTime("10:15", "10:45"))
    assert calendar("Etc/UTC", *breaks).on(date(2026, 1, 1))[0].pbt_s == (480 - 45) * 60


@pytest.mark.parametrize(
    ("days", "shift"),
    [
        (EVERY_DAY, ShiftTime("A", 1320, "06:00")),
        (EVERY_DAY, ShiftTime("A", "24:00", "06:00")),
        (frozenset(), THREE[0]),
    ],
)
def test_an_unquoted_time_a_start_at_24_and_shifts_without_days_are_refused(days, shift):
    with pytest.raises(Invalid):
        validate_pattern(WeekPattern(days, (shift,)))


CLOCKS = ("America/Chicago", "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(CLOCKS),
    st.sampled_from([date(2026, m, 1) for m in (1, 3, 4, 10, 11)]),
    st.lists(st.integers(0, 95), min_size=1, max_size=5, unique=True),
    st.lists(st.integers(0, 95), max_size=3),
)
def test_shifts_around_the_clock_leave_no_gap_and_never_overlap(zone, month, starts, pauses):
    """Whatever the clock does in that month, and wherever borders and breaks lie."""
    times = [f"{n // 4:02}:{n % 4 * 15:02}" for n in sorted(starts)]
    ends = [*times[1:], times[0]]
    shifts = tuple(ShiftTime(str(n), *ends) for n, ends in enumerate(zip(times, ends, strict=True)))
    breaks = [BreakTime(f"{n // 4:02}:{n % 4 * 15:02}", f"{n // 4:02}:{n % 4 * 15 + 10:02}")
              for n in pauses]  # fmt: skip
    planned = calendar(zone, *breaks, shifts=shifts).between(month, month + timedelta(days=32))
    for one, other in itertools.pairwise(planned):
        assert one.interval.end == other.interval.start
    for shift in planned:
        assert all(shift.interval.start <= p.start < p.end <= shift.interval.end
                   for p in shift.breaks)  # fmt: skip
        assert 0 <= shift.pbt_s <= shift.pot_s
        assert shift.elapsed(shift.interval.end) == (shift.pot_s, shift.pbt_s)


def test_a_shift_that_the_clock_skips_does_not_exist_that_night():
    shifts = (
        ShiftTime("Night", "22:00", "02:15"),
        ShiftTime("Short", "02:15", "03:00"),
        ShiftTime("Early", "03:00", "14:00"),
    )
    saturday, sunday = (calendar("America/Chicago", shifts=shifts).on(d)
                        for d in (date(2026, 3, 7), date(2026, 3, 8)))  # fmt: skip
    assert [s.name for s in sunday] == ["Early", "Night"]
    night = saturday[-1]
    assert night.interval.end == sunday[0].interval.start == datetime(2026, 3, 8, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "lost_min"), [("02:30", "03:00", 0), ("01:45", "02:45", 15)]
)
def test_a_break_in_the_hour_that_the_clock_skips_ends_with_its_shift(start, end, lost_min):
    shift = ShiftTime("Night", "22:00", "03:00")
    night = calendar("America/Chicago", BreakTime(start, end), shifts=(shift,)).on(
        date(2026, 3, 7)
    )[0]
    assert (night.pot_s, night.pot_s - night.pbt_s) == (4 * 3600, lost_min * 60)
