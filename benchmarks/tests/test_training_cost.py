"""G12: how its figure is judged, and that the bare fits are those of the training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.ml.downtime import train
from analytics.ml.history import questions_of
from analytics.ml.regressors import RandomForest, Ridge, Sample, XgbAbsolute
from analytics.ml.training import asked
from benchmarks import training_cost
from benchmarks.bare_fits import SHIFT, BareFits
from benchmarks.figure import lines
from benchmarks.training_cost import FULL, Size, figure_of
from benchmarks.training_plant import daily_series_of, made_up_plant

TOLD = {
    "tasks": {
        "next shift": [[60.0, 50.0, 55.0], [50.0, 50.0, 40.0]],
        "daily forecasts": [[66.0, 70.0, 65.0], [60.0, 60.0, 60.0]],
    },
    "scoring": 3.0,
}


@pytest.fixture(scope="module")
def plant():
    return made_up_plant(machines=6, shifts=60)


@pytest.fixture(scope="module")
def sample(plant) -> Sample:
    return asked(plant, np.arange(len(plant)), ahead=False).sample()


def told(**changed: object) -> dict:
    return {**TOLD, **changed}


def test_the_figure_adds_the_medians_of_the_tasks_and_holds_them_against_the_bare_fits():
    figure = figure_of(TOLD, FULL)
    assert figure.value == 55 + 66
    assert figure.peer == 50 + 60
    assert figure.limit == 300
    assert figure.passed
    assert any(line.startswith("     next shift") for line in lines("G12", figure))


@pytest.mark.parametrize(
    "changed",
    [
        {"tasks": {"next shift": [[66.0], [50.0]]}},
        {"tasks": {"next shift": [[301.0], [300.0]]}},
        {"scoring": 10.5},
    ],
)
def test_it_fails_by_ratio_by_time_and_by_scoring(changed):
    assert not figure_of(told(**changed), FULL).passed


def test_limits_are_those_of_the_size():
    half = replace(FULL, machines=25, scored=500)
    assert figure_of(TOLD, half).limit == 150
    assert not figure_of(told(scoring=6.0), half).passed


def test_a_made_up_plant_is_a_history_like_any_other(plant):
    assert len(plant) == 360
    assert ((plant.downtime_min >= 0) & (plant.downtime_min <= plant.planned_min)).all()
    assert 0.05 < (plant.downtime_min > 0).mean() < 0.6
    of_intervals = (plant.down_end_us - plant.down_start_us).sum() / 60e6
    assert plant.downtime_min.sum() == pytest.approx(of_intervals)
    assert plant.stops.sum() == len(plant.down_machine)
    for name in ("units", "quality", "signal_stats"):
        assert np.isfinite(getattr(plant, name)).all()
    assert np.array_equal(made_up_plant(machines=6, shifts=60).downtime_min, plant.downtime_min)


def test_daily_series_sum_the_shifts_of_a_machine_and_of_the_plant(plant):
    by_key = {(one.key, one.metric): one for one in daily_series_of(plant)}
    assert len(by_key) == 7 * 4
    one = by_key["M0002", "downtime_min"].values
    assert one[:2] == pytest.approx(plant.downtime_min[120:126].reshape(2, 3).sum(axis=1))
    assert by_key["*", "units_produced"].values.sum() == pytest.approx(plant.units.sum())
    assert by_key["*", "oee"].values.max() < 1
    assert by_key["*", "defect_rate"].values.mean() == pytest.approx(0.02, abs=0.005)


def test_bare_fits_do_what_was_fitted_again_on_the_same_numbers(sample, monkeypatch):
    bare = BareFits(SHIFT)
    with bare.recorded():
        for member in (Ridge, RandomForest, XgbAbsolute):
            member.fit(sample, seed=7)
    # One of Ridge, one forest, and a matrix with three boosters.
    assert len(bare.fits) == 1 + 1 + 1 + 3
    ridge, forest, *_, booster = [fit() for fit in bare.fits]
    assert np.array_equal(ridge.weights, Ridge.fit(sample, seed=7).weights)
    ours = RandomForest.fit(sample, seed=7)
    values = sample.table.values.astype(np.float32)
    assert np.array_equal(forest.predict(values), ours.forest.predict(values))
    ours_too = XgbAbsolute.fit(sample, seed=7).committee[-1].booster
    assert booster.save_raw("json") == ours_too.save_raw("json")


def test_when_recording_is_over_nothing_is_recorded_any_more(sample):
    bare = BareFits(SHIFT)
    with bare.recorded():
        Ridge.fit(sample, seed=7)
    Ridge.fit(sample, seed=7)
    assert len(bare.fits) == 1
    assert Ridge.__dict__["fit"].__class__ is classmethod


def test_a_recorded_training_learns_what_one_that_is_not_recorded_learns(plant):
    at = int(plant.end_us.max())
    with BareFits(SHIFT).recorded():
        recorded = train(plant, as_of_us=at)
    assert recorded.metrics == train(plant, as_of_us=at).metrics


def test_scoring_answers_the_last_shift_of_every_machine(plant, monkeypatch):
    model = train(plant, as_of_us=int(plant.end_us.max()))
    asked_for = []

    def predict(model, history, questions):
        asked_for.append((history, questions))

    monkeypatch.setattr(training_cost.downtime, "predict", predict)
    training_cost._scoring(model, Size(6, 60, 1, 20, with_network=False))
    ((history, questions),) = asked_for
    assert sorted(questions.machine.tolist()) == list(range(20))
    assert len(questions_of(history, np.arange(1))) == 1
    last = history.start_us == questions.start_us[0]
    assert np.isnan(history.downtime_min[last]).all()
