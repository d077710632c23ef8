"""One recurrent network over all series of a plant, as plain array arithmetic.

A long short-term memory layer (Hochreiter and Schmidhuber, Neural Computation 9, 1997) reads the
last worked days; its state, the series' character and each day to come give that day's five
quantiles directly (a multi-horizon quantile forecaster: Wen et al., NeurIPS time series workshop
2017). Trained elsewhere; forward needs no TensorFlow. No linear algebra library is used, whose
rounding depends on threads and on what else is in the batch.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.past import Past
from analytics.forecasting.pool.lstm_input import LstmInput, lstm_input
from analytics.forecasting.pool.scale import SPARSE, scale_of
from analytics.forecasting.series import Floats

Layers = Mapping[str, Floats]
"""kernel (channels, 4u), recurrent (u, 4u), bias (4u) with the gates in the order input, forget,
cell, output; hidden_kernel, hidden_bias, out_kernel, out_bias.
"""
NAMES = (
    "kernel",
    "recurrent",
    "bias",
    "hidden_kernel",
    "hidden_bias",
    "out_kernel",
    "out_bias",
)


@dataclass(frozen=True, slots=True)
class GlobalLstm:
    """The network with given weights as a member of the pool."""

    layers: Layers
    name: str = "lstm"
    least_days: int = 56

    def quantiles(self, pasts: Sequence[Past]) -> list[Floats]:
        if not pasts:
            return []
        scales = [scale_of(past) for past in pasts]
        scaled = forward(self.layers, lstm_input(pasts, scales))
        return [
            past.bounded(scale.on(one[past.ahead] + (np.nan if scale.kind == SPARSE else 0)))
            for past, scale, one in zip(pasts, scales, scaled, strict=True)
        ]


def forward(layers: Layers, given: LstmInput) -> Floats:
    """(n, 30, 5) scaled quantiles, not yet sorted."""
    state = _state(layers, given.days)
    shared = np.concatenate([state, given.character], axis=1)
    width = shared.shape[1]
    kernel = layers["hidden_kernel"]
    hidden = _product(shared, kernel[:width])[:, None] + _product(given.ahead, kernel[width:])
    hidden = np.maximum(hidden + layers["hidden_bias"], 0)
    return np.asarray(_product(hidden, layers["out_kernel"]) + layers["out_bias"])


def packed(layers: Layers) -> bytes:
    """An npz file without pickle; equal layers give equal bytes."""
    held = io.BytesIO()
    np.savez(held, allow_pickle=False, **layers)
    return held.getvalue()


def unpacked(raw: bytes) -> dict[str, Floats]:
    """The layers of a `packed` file."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as held:
        return {name: held[name] for name in NAMES}


def _state(layers: Layers, days: Floats) -> Floats:
    """What the recurrent layer holds after the last day."""
    units = layers["recurrent"].shape[0]
    held, cell = np.zeros((len(days), units)), np.zeros((len(days), units))
    inputs = _product(days, layers["kernel"]) + layers["bias"]
    for step in range(days.shape[1]):
        gates = inputs[:, step] + _product(held, layers["recurrent"])
        enter, forget, new, leave = np.split(gates, 4, axis=1)
        cell = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(new)
        held = _sigmoid(leave) * np.tanh(cell)
    return held


def _product(left: Floats, right: Floats) -> Floats:
    return np.asarray(np.einsum("...i,ij->...j", left, right, optimize=False))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))
