"""How a machine stands as of the question: down or running, for how long, and its last stops.

From raw intervals only. "Down now" taken from the bucket of the shift asked for would look like
skill and be a leak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.ml.history import STILL_DOWN_US, Floats, Ints, Questions, ShiftHistory
from analytics.ml.past import Past, places, sums_of

MINUTE_US = 60_000_000
DAY_US = 1440 * MINUTE_US
LONGEST_MIN = 90 * 1440.0
TYPICAL_STOPS = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """Intervals of each question's machine: [first, begun) had begun, the last may go on."""

    first: Ints
    begun: Ints
    is_down: NDArray[np.bool_]

    @property
    def ended(self) -> Ints:
        """One past the last interval that had ended."""
        return self.begun - self.is_down


def standing_features(history: ShiftHistory, questions: Questions, past: Past) -> dict[str, Floats]:
    """Minutes unless the name says otherwise; NaN where the plant records no intervals."""
    held = standing_of(history, questions)
    tracked = _is_tracked(history, questions, past, held)
    as_of = questions.as_of_us
    last_end = history.end_us[np.maximum(past.stop - 1, 0)] if len(history) else as_of
    since = np.where((past.stop > past.first) & (last_end <= as_of), last_end, as_of)
    columns = {
        "down_now": held.is_down.astype(np.float64),
        "down_for_min": np.where(held.is_down, _since_start(history, as_of, held), 0.0),
        "up_for_min": np.where(held.is_down, 0.0, _since_end(history, as_of, held)),
        "last_stop_min": _last_stop(history, held),
        "typical_stop_min": _typical_stop(history, held),
        "down_so_far_min": _down_between(history, questions, since),
        "down_24_h_min": _down_between(history, questions, as_of - DAY_US),
        "stops_so_far": _stops_between(history, questions, since, held),
        "stops_24_h": _stops_between(history, questions, as_of - DAY_US, held),
        "stops_7_d": _stops_between(history, questions, as_of - 7 * DAY_US, held),
    }
    return {name: np.where(tracked, column, np.nan) for name, column in columns.items()}


def standing_of(history: ShiftHistory, questions: Questions) -> Standing:
    """Which intervals had begun as of each question, and whether the last of them went on.

    As in `known_at`, an interval that ends at the very instant is not yet known to have ended.
    """
    first = np.searchsorted(history.down_machine, questions.machine).astype(np.int64)
    begun = np.maximum(first, _begun_before(history, questions, questions.as_of_us))
    if not len(history.down_machine):
        return Standing(first, begun, np.zeros(len(first), np.bool_))
    end = history.down_end_us[np.maximum(begun - 1, 0)]
    return Standing(first, begun, (begun > first) & (end >= questions.as_of_us))


def _begun_before(history: ShiftHistory, questions: Questions, instant_us: Ints) -> Ints:
    return places(
        history.down_machine,
        history.down_start_us,
        at=questions.machine,
        as_of_us=instant_us,
        including=False,
    )


def _is_tracked(
    history: ShiftHistory, questions: Questions, past: Past, held: Standing
) -> NDArray[np.bool_]:
    """A machine is tracked once it has an interval, or the plant has one and it never was down."""
    plant = np.searchsorted(np.sort(history.down_start_us), questions.as_of_us, side="left") > 0
    total, _ = past.total(sums_of(history.downtime_min), len(history))
    tracked: NDArray[np.bool_] = (held.begun > held.first) | (plant & (total == 0))
    return tracked


def _since_start(history: ShiftHistory, as_of_us: Ints, held: Standing) -> Floats:
    if not len(history.down_machine):
        return np.zeros(len(as_of_us))
    start = history.down_start_us[np.maximum(held.begun - 1, 0)]
    return (as_of_us - start) / MINUTE_US


def _since_end(history: ShiftHistory, as_of_us: Ints, held: Standing) -> Floats:
    """Minutes since the last stop ended; the longest there is where no stop is known."""
    if not len(history.down_machine):
        return np.full(len(as_of_us), LONGEST_MIN)
    has = held.begun > held.first
    end = np.where(has, history.down_end_us[np.maximum(held.begun - 1, 0)], as_of_us)
    minutes = (as_of_us - np.minimum(end, as_of_us)) / MINUTE_US
    return np.where(has, np.minimum(minutes, LONGEST_MIN), LONGEST_MIN)


def _last_stop(history: ShiftHistory, held: Standing) -> Floats:
    lengths = _lengths_us(history) / MINUTE_US
    row = held.ended - 1
    if not len(lengths):
        return np.full(len(row), np.nan)
    return np.where(row >= held.first, lengths[np.maximum(row, 0)], np.nan)


def _typical_stop(history: ShiftHistory, held: Standing) -> Floats:
    """Geometric mean of the last eight stops: lengths of repairs are closest to lognormal."""
    logs = sums_of(np.log1p(_lengths_us(history) / MINUTE_US))
    mean = Past(held.first, held.ended).mean(logs, TYPICAL_STOPS)
    return np.expm1(mean)


def _down_between(history: ShiftHistory, questions: Questions, since_us: Ints) -> Floats:
    until = _down_until(history, questions, questions.as_of_us)
    return (until - _down_until(history, questions, since_us)) / MINUTE_US


def _down_until(history: ShiftHistory, questions: Questions, instant_us: Ints) -> Ints:
    """Microseconds down before an instant, on a scale whose zero is the machine's own."""
    if not len(history.down_machine):
        return np.zeros(len(questions), np.int64)
    first = np.searchsorted(history.down_machine, questions.machine).astype(np.int64)
    begun = np.maximum(first, _begun_before(history, questions, instant_us))
    totals = np.concatenate([[0], np.cumsum(_lengths_us(history))]).astype(np.int64)
    last = np.maximum(begun - 1, first)
    row = np.minimum(last, len(history.down_machine) - 1)
    current = np.minimum(history.down_end_us[row], instant_us) - history.down_start_us[row]
    down: Ints = totals[last] + np.where(begun > first, current, 0)
    return down


def _stops_between(
    history: ShiftHistory, questions: Questions, since_us: Ints, held: Standing
) -> Floats:
    before = np.maximum(held.first, _begun_before(history, questions, since_us))
    return (held.begun - before).astype(np.float64)


def _lengths_us(history: ShiftHistory) -> Ints:
    goes_on = history.down_end_us == STILL_DOWN_US
    return np.where(goes_on, 0, history.down_end_us - history.down_start_us)
