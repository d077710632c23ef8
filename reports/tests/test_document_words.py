"""Numbers and times on paper read as on the pages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.templatetags import figures
from reports.document import words

VALUES = (None, 0, 0.0004, 0.8248, 0.82449999, 0.825, 1.0213, -0.0021, 213.5, 214.4999, 85_980.0,
          1_270.25, -950.0)  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_a_number_is_rounded_as_on_the_pages(value):
    assert words.percent(value) == figures.percent(value)
    assert words.percent_number(value) == figures.percent_number(value)
    assert words.pieces(value) == figures.pieces(value)
    assert words.minutes(value) == figures.minutes(value)


@pytest.mark.parametrize(
    ("value", "other", "kind", "said"),
    [
        (0.8248, 0.85, "ratio", "−2.5"),
        (0.9023, 0.9, "ratio", "+0.2"),
        (0.82446, 0.82454, "ratio", "−0.1"),
        (0.8246, 0.8249, "ratio", "±0.0"),
        (85_980.0, 86_930.0, "pieces", "−950"),
        (214.0, 214.3, "minutes", "±0"),
    ],
)
def test_a_difference_is_that_of_the_numbers_that_are_shown(value, other, kind, said):
    assert words.difference(value, other, kind) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (82.481203, "%", "82.5 %"),
        (-2.5188, "points", "−2.5 points"),
        (1284.4, "min", "1,284 min"),
        (33_291.4, "EUR", "33,291 EUR"),
        (0.77, "", "0.77"),
        (71.25, "°C", "71.25 °C"),
        (None, "%", "–"),
    ],
)
def test_a_quantity_reads_with_its_unit(value, unit, said):
    assert words.quantity(value, unit).replace("\u00a0", " ") == said


def test_a_ratio_of_a_forecast_is_read_in_per_cent():
    assert words.bare(0.0129, "%") == "1.3"
    assert words.bare(183.25, "min") == "183"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 18), date(2026, 11, 18), "Wednesday 18 November 2026"),
        (date(2026, 11, 12), date(2026, 11, 18), "12–18 November 2026"),
        (date(2026, 10, 28), date(2026, 11, 3), "28 October – 3 November 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 December 2026 – 3 January 2027"),
    ],
)
def test_a_window_is_named_by_its_days(first, last, said):
    assert words.days(first, last) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/Chicago", "06:00 Wed – 06:00 Thu, CST (UTC−6)"),
        ("Asia/Kolkata", "17:30 Wed – 17:30 Thu, IST (UTC+5:30)"),
        ("America/Sao_Paulo", "09:00 Wed – 09:00 Thu, UTC−3"),
    ],
)
def test_the_hours_say_their_zone(zone, said):
    start = datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert words.span(start, start + timedelta(days=1), zone) == said


def test_a_day_on_which_the_clocks_change_has_both_zones():
    start, end = datetime(2026, 10, 31, 11, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC)
    said = words.span(start, end, "America/Chicago")
    assert said == "06:00 Sat – 06:00 Sun, CDT (UTC−5) then CST (UTC−6)"


def test_what_is_too_long_ends_in_an_ellipsis():
    assert words.cut("Realign the infeed guide rail", 20) == "Realign the infeed…"
    assert words.cut("short", 20) == "short"
    assert len(words.short_name("Filling and capping line 44", 14)) <= 14
    assert words.short_name("Filling and capping line 44", 14).endswith("44")
