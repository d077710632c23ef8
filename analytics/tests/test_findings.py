"""The sentence above a figure says what the figure shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analytics.selectors.evidence_shapes import ReliabilityBin, RiskLevel, TrackRecord
from analytics.selectors.findings import (
    forecast_found,
    levels_found,
    members_found,
    reliability_found,
    risk_found,
    serving_found,
    track_found,
    weeks_found,
)
from analytics.selectors.outlook_shapes import Member, ShiftTotal
from analytics.tests import forecast_outlooks, outlooks

NB = "\u00a0"


def test_the_risk_names_how_many_are_likely_and_a_sum_that_closes():
    assert risk_found([outlooks.FILLER, outlooks.machine_risk(), outlooks.PACKER]) == (
        "One of three machines is likely to lose 30 minutes or more. "
        f"Together they are expected to lose 75{NB}min (58 + 13 + 4)."
    )


def test_the_plants_own_range_is_told_beside_the_sum():
    said = risk_found([outlooks.FILLER, outlooks.PACKER], ShiftTotal(51.2, 20.4, 118.6))
    assert said.endswith(
        f"62{NB}min (58 + 4); with a chance of 80{NB}% between 20 and 119, median 51."
    )


def test_a_sum_whose_rounded_parts_do_not_close_is_not_written_out():
    halves = [outlooks.machine_risk(str(n), expected_min=1.4) for n in range(3)]
    assert "(" not in risk_found(halves)
    assert risk_found(halves).startswith("No machine of 3 is likely")


def test_chances_that_came_true_are_said_and_those_that_did_not_are_named():
    good = outlooks.evidence().reliability
    assert reliability_found(good).startswith("Yes, within sampling error: all 7 groups")
    assert "1,068 in all" in reliability_found(good)
    bad = [*good[:-1], ReliabilityBin(0.82, 0.2, 20, 0.1, 0.4)]
    assert "6 of 7 groups" in reliability_found(bad)
    assert f"near 82.0{NB}% came true 20.0{NB}%" in reliability_found(bad)
    assert reliability_found([]) == "No chance has been held against the truth yet."


def test_the_track_record_tells_our_error_beside_the_naive_one():
    said = track_found(outlooks.track(), "last value")
    assert said.startswith(
        f"168 shifts. Mean error 7.6{NB}min; by “last value” it would be 11.9. One miss beyond"
    )
    empty = TrackRecord(shifts=[], mae_min=None, naive_mae_min=None)
    assert track_found(empty, "last value") == "No shift that was predicted has ended yet."


def test_levels_that_do_not_rise_or_break_their_promise_are_said():
    levels = outlooks.evidence().levels
    assert levels_found(levels).endswith("rises with every level and stays in the promised range.")
    flat = [*levels[:-1], RiskLevel("low", 0.0, 0.05, 699, 0.12)]
    assert "does not rise with every level; 3 of 4 levels" in levels_found(flat)
    few = [*levels[:2], RiskLevel("medium", 0.05, 0.2, 1, 0.0)]
    assert levels_found(few).endswith("stays in the promised range, within sampling error.")
    both = [RiskLevel("high", 0.05, 0.5, 134, 0.448, ("medium",))]
    assert levels_found(both).endswith(
        "A level of fewer than 20 shifts is told with its neighbour."
    )
    assert levels_found([RiskLevel("low", 0, 0.05, 0, None)]).endswith("None was graded yet.")


def test_what_serves_is_said_with_its_skill_even_where_that_is_none():
    assert serving_found(outlooks.evidence()).startswith(f"36{NB}% better than “last value”. ")
    worse = outlooks.evidence(skill_vs_naive=-0.04, guard="Last value serves.")
    assert serving_found(worse) == f"4{NB}% worse than “last value”. Last value serves."
    naive = outlooks.evidence(served="last_value", skill_vs_naive=0.0, guard="Last value serves.")
    assert serving_found(naive) == "Last value serves."
    unknown = outlooks.evidence(skill_vs_naive=None, guard="Nothing is compared yet.")
    assert serving_found(unknown) == "Nothing is compared yet."


def test_the_forecast_tells_weekdays_weekends_and_the_trend():
    found = forecast_outlooks.forecast_outlook()
    assert forecast_found(found).endswith("No trend up or down.")
    assert forecast_found(found).startswith("Weekdays stay near 2")
    rising = {level: [v and v * (1 + n / 30) for n, v in enumerate(values)]
              for level, values in found.quantiles.items()}  # fmt: skip
    assert "higher than they begin" in forecast_found(
        forecast_outlooks.forecast_outlook(quantiles=rising)
    )


def test_weekends_that_are_as_weekdays_are_not_told_apart():
    found = forecast_outlooks.forecast_outlook()
    level = {level: [100.0 if v else v for v in line] for level, line in found.quantiles.items()}
    said = forecast_found(forecast_outlooks.forecast_outlook(quantiles=level))
    assert said == f"Weekdays and weekends alike stay near 100{NB}min. No trend up or down."


def test_closed_days_do_not_count_as_days_without_downtime():
    days = forecast_outlooks.forecast_outlook().dates
    shut = forecast_outlooks.forecast_outlook(closed=dict.fromkeys(days, "closed"))
    assert forecast_found(shut) == "No day to come is planned to be worked."


def test_the_models_are_told_against_the_yardstick():
    found = forecast_outlooks.forecast_outlook()
    assert members_found(found).startswith(
        f"Backtest on 5 rolling origins. Combined serves: its WIS is 23{NB}% below seasonal naive"
    )
    naive = Member("Seasonal naive 7", 1.0, 40.0, None, 50.0, 0.8, 0.95, serves=True)
    guarded = forecast_outlooks.forecast_outlook(
        members=[naive], reason="Nothing beat seasonal naive."
    )
    assert members_found(guarded).endswith("Nothing beat seasonal naive.")


def test_the_weeks_count_whom_they_favoured_and_the_days_inside():
    assert weeks_found(forecast_outlooks.WEEKS) == (
        "Better than seasonal naive in 7 of 8 weeks. "
        f"46 (82{NB}%) of 56 days fell inside the 80{NB}% band, 53 (95{NB}%) inside the 95{NB}%."
    )
    assert weeks_found([]) == "No week of forecasts has met the truth yet."


@pytest.mark.parametrize("days", [1, 6])
def test_a_short_forecast_claims_no_trend(days):
    found = forecast_outlooks.forecast_outlook(days=days)
    assert found.dates[-1] - found.dates[0] == timedelta(days=days - 1)
    assert "trend" not in forecast_found(found)
