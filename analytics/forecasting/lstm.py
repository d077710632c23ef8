"""Train the global network: the only place that knows TensorFlow, in a process of its own.

Two sets of weights come of it: one from what was known at the first origin of the backtest, so that
the backtest is honest, one from all. Seeds, single threads and deterministic operations make equal
data give equal weights.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from analytics.forecasting.backtest import FOLD, Tell, origins_of, silent
from analytics.forecasting.past import Past, past_of, truth_of
from analytics.forecasting.pool.global_lstm import NAMES, Layers, packed, unpacked
from analytics.forecasting.pool.lstm_input import AHEAD, CHANNELS, CHARACTER, STEPS, lstm_input
from analytics.forecasting.pool.scale import CLIP, SPARSE, Scale, scale_of
from analytics.forecasting.series import HORIZON, DailySeries, Floats
from analytics.forecasting.wis import LEVELS

UNITS, HIDDEN = 24, 32
EPOCHS, BATCH, RATE = 8, 64, 4e-3
SAMPLES = 3500
"""About so many origins are learned from, whatever the number of series and days."""
LEAST_DAYS, LEAST_SAMPLES = 42, 60
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LstmWeights:
    """`now` from what was known at `as_of`, `then` at `then_as_of`, the first origin of the
    backtest's second fold, or None where that was too little. `keras_file` is the
    network of `now` as Keras saved it.
    """

    as_of: date
    then_as_of: date
    then: Layers | None
    now: Layers
    keras_file: bytes

    def at(self, day: date) -> Layers | None:
        """The newest layers that may be known on a day; None before there are any."""
        if self.as_of <= day:
            return self.now
        return self.then if self.then_as_of <= day else None


def train_lstm(
    series: Sequence[DailySeries], *, as_of: date, tell: Tell = silent
) -> LstmWeights | None:
    """The weights at 00:00 of `as_of`, or None where there is too little history to learn from.

    `tell(percent, step)` may raise to cancel.
    """
    known = sorted((one.before(as_of) for one in series), key=lambda one: (one.metric, one.key))
    origins = origins_of([one for one in known if len(one.values)], as_of)
    first = origins[min(FOLD, len(origins) - 1)] if origins else as_of
    then = _trained(known, first, lambda part: tell(int(50 * part), "network for the backtest"))
    now = _trained(known, as_of, lambda part: tell(50 + int(50 * part), "network"))
    if now is None:
        return None
    return LstmWeights(
        as_of=as_of,
        then_as_of=first,
        then=then and then[0],
        now=now[0],
        keras_file=now[1],
    )


def dump_lstm(weights: LstmWeights) -> dict[str, bytes]:
    """lstm.keras as Keras made it, the arrays of both networks without pickle, and their dates."""
    dates = {"as_of": weights.as_of.isoformat(), "then_as_of": weights.then_as_of.isoformat()}
    parts = {
        "lstm.keras": weights.keras_file,
        "lstm.json": json.dumps(dates).encode(),
        "lstm_now.npz": packed(weights.now),
    }
    return parts | ({"lstm_then.npz": packed(weights.then)} if weights.then else {})


def load_lstm(parts: Mapping[str, bytes]) -> LstmWeights:
    """The weights of `dump_lstm`'s files."""
    dates = json.loads(parts["lstm.json"])
    return LstmWeights(
        as_of=date.fromisoformat(dates["as_of"]),
        then_as_of=date.fromisoformat(dates["then_as_of"]),
        then=unpacked(parts["lstm_then.npz"]) if "lstm_then.npz" in parts else None,
        now=unpacked(parts["lstm_now.npz"]),
        keras_file=parts["lstm.keras"],
    )


def _trained(
    series: Sequence[DailySeries], as_of: date, tell: Callable[[float], None]
) -> tuple[dict[str, Floats], bytes] | None:
    pasts, scales, truths = _samples([one.before(as_of) for one in series])
    if len(pasts) < LEAST_SAMPLES:
        return None
    given = lstm_input(pasts, scales)
    inputs = [given.days, given.character, given.ahead]
    model = _network()
    model.fit(
        [one.astype(np.float32) for one in inputs],
        np.array(truths, dtype=np.float32),
        epochs=EPOCHS,
        batch_size=BATCH,
        verbose=0,
        callbacks=[_teller(tell)],
    )
    arrays = [one.astype(np.float64) for one in model.get_weights()]
    return dict(zip(NAMES, arrays, strict=True)), _saved(model)


def _samples(series: Sequence[DailySeries]) -> tuple[list[Past], list[Scale], list[Floats]]:
    """Pasts, scales and scaled truths; NaN truths are days that do not count."""
    days = sum(max(0, len(one.values) - LEAST_DAYS) for one in series)
    stride = max(1, round(days / SAMPLES))
    pasts, scales, truths = [], [], []
    for one in series:
        for back in range(1, len(one.values) - LEAST_DAYS, stride):
            origin = one.end_day - timedelta(days=back)
            past = past_of(one, origin)
            if past.known.sum() < LEAST_DAYS // 2:
                break
            scale = scale_of(past)
            if scale.kind == SPARSE:
                continue
            pasts.append(past)
            scales.append(scale)
            truths.append(np.clip(scale.off(truth_of(one, origin)), -CLIP, CLIP))
    return pasts, scales, truths


def _network() -> Any:
    """The network, compiled, with everything random seeded."""
    # What it says of this machine's instructions and threads helps nobody who reads our log.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(SEED)
    layers = keras.layers
    days = keras.Input((STEPS, CHANNELS))
    character, ahead = keras.Input((CHARACTER,)), keras.Input((HORIZON, AHEAD))
    state = layers.Concatenate()([layers.LSTM(UNITS)(days), character])
    joined = layers.Concatenate()([layers.RepeatVector(HORIZON)(state), ahead])
    hidden = layers.Dense(HIDDEN, activation="relu")(joined)
    model = keras.Model([days, character, ahead], layers.Dense(len(LEVELS))(hidden))
    model.compile(keras.optimizers.Adam(RATE), loss=_pinball, jit_compile=False)
    return model


def _pinball(truth: Any, quantiles: Any) -> Any:
    """The mean pinball loss over known days."""
    import tensorflow as tf

    known = tf.logical_not(tf.math.is_nan(truth))
    error = tf.where(known, truth, 0.0)[..., None] - quantiles
    loss = tf.maximum(LEVELS.astype(np.float32) * error, (LEVELS - 1).astype(np.float32) * error)
    mask = tf.cast(known, loss.dtype)[..., None]
    return tf.reduce_sum(loss * mask) / tf.maximum(tf.reduce_sum(mask), 1.0)


def _teller(tell: Callable[[float], None]) -> Any:
    import keras

    return keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: tell(epoch / EPOCHS))


def _saved(model: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lstm.keras"
        model.save(path, include_optimizer=False)
        return path.read_bytes()
