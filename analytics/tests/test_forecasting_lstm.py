"""The network: Keras trains it, plain arrays run it, both give the same numbers."""

from __future__ import annotations

from datetime import timedelta
from importlib.util import find_spec

import numpy as np
import pytest

from analytics.forecasting import lstm
from analytics.forecasting.forecast import forecast
from analytics.forecasting.past import past_of
from analytics.forecasting.pool.global_lstm import forward
from analytics.forecasting.pool.lstm_input import lstm_input
from analytics.forecasting.pool.scale import scale_of
from analytics.forecasting.train import train
from analytics.tests.daily_samples import FIRST_DAY, daily_series, noisy

pytestmark = pytest.mark.skipif(not find_spec("tensorflow"), reason="TensorFlow is not installed")

DAYS = 140
ORIGIN = FIRST_DAY + timedelta(days=DAYS)
SERIES = [daily_series(noisy(DAYS, seed=n, weekly=30), key=f"m{n}") for n in range(3)]


@pytest.fixture(scope="module")
def weights():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lstm, "EPOCHS", 2)
        patch.setattr(lstm, "SAMPLES", 200)
        yield lstm.train_lstm(SERIES, as_of=ORIGIN)


def test_arrays_give_what_keras_gives(weights, tmp_path):
    import keras

    path = tmp_path / "lstm.keras"
    path.write_bytes(lstm.dump_lstm(weights)["lstm.keras"])
    pasts = [past_of(one, ORIGIN) for one in SERIES]
    given = lstm_input(pasts, [scale_of(past) for past in pasts])
    model = keras.models.load_model(path, compile=False)
    told = model.predict([given.days, given.character, given.ahead], verbose=0)
    assert forward(weights.now, given) == pytest.approx(told, abs=1e-4)


def test_weights_survive_being_stored(weights):
    again = lstm.load_lstm(lstm.dump_lstm(weights))
    assert (again.as_of, again.then_as_of) == (weights.as_of, weights.then_as_of)
    for name, array in weights.now.items():
        assert np.array_equal(again.now[name], array)
        assert np.array_equal(again.then[name], weights.then[name])


def test_the_backtest_uses_a_network_that_knows_nothing_of_its_days(weights):
    assert weights.then_as_of < ORIGIN - timedelta(days=30)
    assert not np.array_equal(weights.then["kernel"], weights.now["kernel"])


def test_the_network_takes_part_where_its_weights_are_given(weights):
    names = frozenset({"seasonal_naive", "window_average", "lstm"})
    without = train(SERIES, as_of=ORIGIN, members=names)
    assert forecast(without, SERIES, origin=ORIGIN)[0].members["lstm"] is None
    model = train(SERIES, as_of=ORIGIN, members=names, lstm=weights)
    one = forecast(model, SERIES, origin=ORIGIN)[0]
    assert len(one.members["lstm"]) == 30
    assert one.backtest["members"]["lstm"]["wis"] > 0


def test_a_network_from_the_future_is_refused(weights):
    with pytest.raises(ValueError, match="may know"):
        train(SERIES, as_of=ORIGIN - timedelta(days=1), lstm=weights)


def test_too_little_history_trains_no_network():
    young = [daily_series(noisy(40))]
    assert lstm.train_lstm(young, as_of=FIRST_DAY + timedelta(days=40)) is None
