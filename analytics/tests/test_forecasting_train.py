"""From a plant's history to its forecasts: the ladder, the guard, the calendar, the artefact."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from analytics.forecasting import artefact
from analytics.forecasting.forecast import forecast
from analytics.forecasting.past import past_of
from analytics.forecasting.pool.seasonal_naive import SeasonalNaive
from analytics.forecasting.train import train
from analytics.forecasting.width import UNCHANGED
from analytics.tests.daily_samples import FIRST_DAY, daily_series, noisy, stops

QUICK = frozenset({"seasonal_naive", "window_average", "linear_trend", "mean_reversion", "tsb"})
DAYS = 120
ORIGIN = FIRST_DAY + timedelta(days=DAYS)


def plant(days=DAYS):
    return [
        daily_series(stops(days, seed=3), key="press-1"),
        daily_series(stops(days, seed=4), key="press-2", closed=(5, 6)),
        daily_series(noisy(days, weekly=40), key="*", metric="units_produced"),
        daily_series(
            np.clip(noisy(days, mean=0.9, spread=0.06), 0, 1),
            key="*",
            metric="oee",
            closed=(6,),
            upper=1.0,
            additive=False,
        ),
    ]


@pytest.fixture(scope="module")
def model():
    return train(plant(), as_of=ORIGIN, members=QUICK)


@pytest.fixture(scope="module")
def found(model):
    return forecast(model, plant(), origin=ORIGIN)


def columns(one):
    return np.array([one.quantiles[level] for level in sorted(one.quantiles)], float)


def test_every_series_gets_30_days_from_the_origin_day(found):
    for one, series in zip(found, plant(), strict=True):
        assert (one.key, one.metric) == (series.key, series.metric)
        assert one.dates == tuple(ORIGIN + timedelta(days=n) for n in range(30))
        assert columns(one).shape == (5, 30)
        assert sum(one.weights.values()) == pytest.approx(1)


def test_bands_never_cross_nor_leave_what_the_metric_can_be(found):
    for one in found:
        rows = columns(one)
        worked = ~np.isnan(rows).any(axis=0)
        assert (np.diff(rows[:, worked], axis=0) >= 0).all()
        assert (rows[:, worked] >= 0).all()
    assert np.nanmax(columns(found[3])) <= 1


def test_closed_days_are_zero_for_minutes_and_undefined_for_a_ratio(found):
    saturdays = [n for n in range(30) if (ORIGIN.weekday() + n) % 7 in (5, 6)]
    sundays = [n for n in range(30) if (ORIGIN.weekday() + n) % 7 == 6]
    assert (columns(found[1])[:, saturdays] == 0).all()
    assert all(found[1].mean[n] == 0 for n in saturdays)
    assert all(found[3].quantiles[0.5][n] is None for n in sundays)
    assert all(found[3].mean[n] is None for n in sundays)


def test_closed_weekends_do_not_disturb_what_is_learned_of_worked_days():
    values = noisy(DAYS, mean=400.0, spread=10.0)
    closed = daily_series(values, closed=(5, 6))
    one = forecast(train([closed], as_of=ORIGIN, members=QUICK), [closed], origin=ORIGIN)[0]
    worked = [n for n in range(30) if (ORIGIN.weekday() + n) % 7 < 5]
    assert np.array(one.quantiles[0.5], float)[worked] == pytest.approx(400, abs=12)


def test_nothing_after_the_origin_is_looked_at(model, found):
    later = [replace(one, values=np.append(one.values, [9e5] * 20)) for one in plant()]
    again = train(later, as_of=ORIGIN, members=QUICK)
    assert artefact.dump(again) == artefact.dump(model)
    assert forecast(again, later, origin=ORIGIN) == found


def test_the_order_of_series_changes_no_bit(model, found):
    turned = list(reversed(plant()))
    again = train(turned, as_of=ORIGIN, members=QUICK)
    assert artefact.dump(again) == artefact.dump(model)
    assert list(reversed(forecast(again, turned, origin=ORIGIN))) == found


def test_one_series_alone_is_forecast_as_among_others(model, found):
    assert forecast(model, plant()[1:2], origin=ORIGIN) == found[1:2]


def test_a_model_that_was_stored_forecasts_the_same(model, found):
    parts = artefact.dump(model)
    assert all(isinstance(raw, bytes) for raw in parts.values())
    assert forecast(artefact.load(parts), plant(), origin=ORIGIN) == found


def test_a_model_of_another_format_is_refused(model):
    parts = artefact.dump(model)
    document = json.loads(parts[artefact.MODEL]) | {"format": 99}
    with pytest.raises(ValueError, match="Format 99 of a forecast model is not"):
        artefact.load(parts | {artefact.MODEL: json.dumps(document).encode()})


def test_a_forecast_is_json(found):
    for one in found:
        document = json.loads(json.dumps(one.as_json(), allow_nan=False))
        assert document["origin"] == ORIGIN.isoformat()
        assert len(document["quantiles"]["0.975"]) == 30


def test_thirteen_days_are_refused_with_what_is_missing_and_when_there_is_enough():
    young = daily_series(noisy(13))
    origin = FIRST_DAY + timedelta(days=13)
    one = forecast(train([young], as_of=origin, members=QUICK), [young], origin=origin)[0]
    assert one.served == "insufficient"
    assert one.missing == ("A forecast needs 14 days of history; there are 13 days.",)
    assert one.ready_on == FIRST_DAY + timedelta(days=14)
    assert not one.quantiles


@pytest.mark.parametrize(
    ("days", "members"),
    [
        (14, {"window_average", "linear_trend"}),
        (28, QUICK - {"long_average"}),
    ],
)
def test_the_ladder_admits_members_with_the_days(days, members):
    series, origin = daily_series(noisy(days)), FIRST_DAY + timedelta(days=days)
    one = forecast(train([series], as_of=origin, members=QUICK), [series], origin=origin)[0]
    assert {name for name, line in one.members.items() if line is not None} == members
    assert one.served in ("model", "seasonal_naive")


def test_a_machine_that_the_model_has_not_seen_is_forecast_with_the_plants_weights(model):
    stranger = daily_series(stops(60, seed=9), key="new")
    stranger = replace(stranger, first_day=ORIGIN - timedelta(days=60))
    one = forecast(model, [stranger], origin=ORIGIN)[0]
    assert one.served == "model"
    assert one.weights == pytest.approx(dict(model.groups["downtime_min"].weights))


def test_seasonal_naive_serves_and_says_so_where_nothing_beats_it():
    week = np.array([5.0, 80, 20, 300, 0, 900, 10])
    series = daily_series(np.tile(week, 20))
    origin = FIRST_DAY + timedelta(days=140)
    found = train([series], as_of=origin, members=QUICK - {"linear_trend"})
    one = forecast(found, [series], origin=origin)[0]
    assert one.served == "seasonal_naive"
    assert one.weights == {"seasonal_naive": 1.0}
    assert "was not beaten" in one.reason
    assert one.quantiles[0.5][:7] == pytest.approx(week)


def test_where_seasonal_naive_serves_its_bands_are_its_own():
    days = 140
    week = np.array([500.0, 80, 20, 300, 10, 900, 50])
    drift = np.repeat(np.random.default_rng(7).normal(0, 2, 20).cumsum(), 7)
    regular = daily_series(np.tile(week, 20) + drift + 100, key="regular")
    others = [daily_series(noisy(days, seed=n), key=f"m{n}") for n in range(4)]
    origin = FIRST_DAY + timedelta(days=days)
    members = QUICK - {"linear_trend"}
    found = train([regular, *others], as_of=origin, members=members)
    assert found.groups["downtime_min"].widths != UNCHANGED
    one = forecast(found, [regular], origin=origin)[0]
    assert one.served == "seasonal_naive"
    alone = SeasonalNaive().quantiles([past_of(regular, origin)])[0]
    assert pytest.approx(alone) == columns(one).T


def test_noise_around_a_mean_beats_seasonal_naive_and_the_backtest_tells_by_how_much(found):
    evidence = found[2].backtest
    assert evidence["origins"] >= 3
    assert set(evidence["members"]) == QUICK
    assert evidence["wis"] < evidence["wis_seasonal_naive"]


def test_totals_are_narrower_than_sums_of_quantiles(found):
    units = found[2]
    median, low, high, *_ = units.totals[30]
    assert median == pytest.approx(sum(units.quantiles[0.5]), rel=0.05)
    assert high - low < sum(units.quantiles[0.9]) - sum(units.quantiles[0.1])


def test_a_total_of_a_ratio_is_its_mean(found):
    assert 0.5 < found[3].totals[7][0] < 1


def test_telling_progress_may_cancel():
    def cancel(percent, step):
        raise InterruptedError(step)

    with pytest.raises(InterruptedError):
        train(plant(), as_of=ORIGIN, members=QUICK, tell=cancel)


def test_bands_cover_what_they_claim_on_days_to_come():
    series = [daily_series(noisy(260, seed=seed), key=f"m{seed}") for seed in range(12)]
    origin = FIRST_DAY + timedelta(days=230)
    model = train(series, as_of=origin, members=QUICK)
    truth = np.array([one.values[230:] for one in series])
    rows = np.array([columns(one) for one in forecast(model, series, origin=origin)])
    assert 0.72 < ((rows[:, 1] <= truth) & (truth <= rows[:, 3])).mean() < 0.88
    assert 0.90 < ((rows[:, 0] <= truth) & (truth <= rows[:, 4])).mean() < 0.99
