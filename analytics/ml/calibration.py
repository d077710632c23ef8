"""From guesses to promises: intervals, the chance of half an hour, and confidence, held against
shifts that nothing was learned from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ml.bands import Bands, bands, bands_from
from analytics.ml.ensemble import Guess
from analytics.ml.exceedance import LONG_MIN
from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Floats, Ints
from analytics.ml.logistic import Logistic, log_odds, logistic
from analytics.ml.machine_widths import MachineWidths, machine_widths
from analytics.ml.standing import DOWN_ALL_SHIFT, STATES, states_of

TOLERANCE_MIN, TOLERANCE_SHARE = 15.0, 0.1
SURE = 0.95


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Place in STATES, the machine's place in training and planned minutes of each question."""

    state: Ints
    machine: Ints
    planned_min: Floats

    def of(self, rows: NDArray[np.bool_]) -> Circumstances:
        """Those of some questions."""
        return Circumstances(self.state[rows], self.machine[rows], self.planned_min[rows])


@dataclass(frozen=True, slots=True)
class Promise:
    """In minutes of the shift: `bands` (n, 4) is lo80, hi80, lo95, hi95."""

    median: Floats
    expected: Floats
    bands: Floats
    chance: Floats
    confidence: Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted on one set of shifts, applied to any.

    No confidence is above 95 %: finer differences cannot be told apart on the shifts there are, nor
    between one training and the next.
    """

    bands: Bands
    widths: MachineWidths
    chance: Logistic
    confidence: Logistic

    def promise(self, guess: Guess, at: Circumstances) -> Promise:
        """Everything that is said of a shift."""
        band = self.bands.around(guess.median, guess.expected, at.state)
        band = self.widths.fitted(band, guess.median, at.machine)
        chance = self.chance.chance(_chance_scores(guess, at))
        confidence = self.confidence.chance(_confidence_scores(guess, band, chance, at))
        confidence = np.minimum(confidence, SURE)
        share = at.planned_min / 480.0
        return Promise(
            guess.median * share, guess.expected * share, band * share[:, None], chance, confidence
        )

    def as_json(self) -> dict[str, Any]:
        """What `calibration_from` reads."""
        return {
            "bands": self.bands.as_json(),
            "machine_widths": self.widths.factors.tolist(),
            "chance": _listed(self.chance),
            "confidence": _listed(self.confidence),
        }


def calibration_from(held: Mapping[str, Any]) -> Calibration:
    """A calibration as `as_json` wrote it."""
    chance, confidence = _logistic(held["chance"]), _logistic(held["confidence"])
    widths = MachineWidths(np.array(held.get("machine_widths", [[1.0, 1.0]]), np.float64))
    return Calibration(bands_from(held["bands"]), widths, chance, confidence)


def circumstances(table: FeatureTable, machine: Ints) -> Circumstances:
    """Read off the features; `machine` as `Circumstances` has it."""
    return Circumstances(states_of(table), machine, table.column("planned_min"))


def calibrate(guess: Guess, at: Circumstances, actual_min: Floats) -> Calibration:
    """`actual_min` are the minutes that the shifts turned out to have."""
    rate = actual_min / at.planned_min * 480.0
    found = bands(rate, guess.median, expected=guess.expected, state=at.state)
    chance = logistic(_chance_scores(guess, at), actual_min >= LONG_MIN)
    band = found.around(guess.median, guess.expected, at.state)
    widths = machine_widths(rate, guess.median, band, at.machine)
    band = widths.fitted(band, guess.median, at.machine)
    scores = _confidence_scores(guess, band, chance.chance(_chance_scores(guess, at)), at)
    error = np.abs(actual_min - guess.median * at.planned_min / 480.0)
    right = error <= tolerance_min(at.planned_min)
    return Calibration(found, widths, chance, logistic(scores, right))


def tolerance_min(planned_min: Floats) -> Floats:
    """An error within it counts as right: 15 minutes or a tenth of the shift."""
    return np.maximum(TOLERANCE_MIN, TOLERANCE_SHARE * planned_min)


def _chance_scores(guess: Guess, at: Circumstances) -> Floats:
    """Machines that are down have a slope of their own: they are few, and most stay down."""
    is_down, odds = at.state >= DOWN_ALL_SHIFT, log_odds(guess.chance)
    up = ~is_down
    scores = [up * odds, up * np.log1p(guess.expected), is_down, is_down * odds]
    return np.column_stack(scores).astype(np.float64)


def _confidence_scores(guess: Guess, band: Floats, chance: Floats, at: Circumstances) -> Floats:
    """Widths, how far the median and the mean differ, how even the odds are, the state."""
    odds = log_odds(chance)
    return np.column_stack(
        [
            np.log1p(band[:, 1] - band[:, 0]),
            np.log1p(band[:, 3] - band[:, 2]),
            np.log1p(np.abs(guess.expected - guess.median)),
            np.log1p(guess.expected),
            -np.abs(odds),
            odds,
            *[at.state == state for state in range(1, len(STATES))],
        ]
    ).astype(np.float64)


def _listed(found: Logistic) -> dict[str, list[float]]:
    return {name: column.tolist() for name, column in asdict(found).items()}


def _logistic(held: Mapping[str, list[float]]) -> Logistic:
    return Logistic(*[np.array(held[name]) for name in ("centre", "scale", "weights")])
