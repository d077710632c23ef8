from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from amis.errors import InsufficientData
from analytics.ml.artefact import dump, load
from analytics.ml.downtime import predict, train
from analytics.ml.history import OUTCOMES, ShiftHistory, questions_of
from analytics.ml.model import DowntimeModel
from analytics.ml.predictions import Predictions
from analytics.tests.plants import EPOCH_US, HOUR_US, SHIFT_US, plant

LEARNED_SHIFTS = 260
NOW_US = EPOCH_US + LEARNED_SHIFTS * SHIFT_US


@cache
def chicago() -> ShiftHistory:
    return plant(5, 320)


@cache
def model() -> DowntimeModel:
    return train(chicago(), as_of_us=NOW_US)


def next_shifts(history: ShiftHistory = None, *, number: int = 60, ahead_us: int = 0):
    held = chicago() if history is None else history
    rows = np.flatnonzero((held.start_us >= NOW_US) & (held.start_us < NOW_US + number * SHIFT_US))
    return rows, questions_of(held, rows, held.start_us[rows] - ahead_us)


@cache
def said() -> Predictions:
    return predict(model(), chicago(), next_shifts()[1])


def assert_same(one: Predictions, other: Predictions) -> None:
    for name in Predictions.__slots__:
        here, there = getattr(one, name), getattr(other, name)
        if isinstance(here, np.ndarray):
            np.testing.assert_array_equal(here, there, err_msg=name)
        else:
            assert here == there, name


def test_intervals_are_nested_within_the_shift_and_hold_the_median():
    p = said()
    order = [np.zeros(len(p)), p.lo95, p.lo80, p.median_min, p.hi80, p.hi95, np.full(len(p), 480.0)]
    for low, high in pairwise(order):
        assert (low <= high).all()
    assert ((p.expected_min >= 0) & (p.expected_min <= 480)).all()
    for chance in (p.p_downtime_30, p.confidence, p.agreement):
        assert ((chance >= 0) & (chance <= 1)).all()


def test_the_intervals_hold_what_they_promise_on_shifts_that_came_later():
    rows, _ = next_shifts()
    actual = chicago().downtime_min[rows]
    assert ((said().lo80 <= actual) & (actual <= said().hi80)).mean() > 0.72
    assert ((said().lo95 <= actual) & (actual <= said().hi95)).mean() > 0.9


def test_a_machine_that_is_down_now_says_so_and_is_told_as_the_reason():
    rows, _ = next_shifts()
    down = np.flatnonzero(said().down_now)
    assert len(down) and len(down) < len(rows)
    for place in down:
        factors = {factor: label for factor, label, _ in said().contributions[place]}
        assert factors["standing"].startswith("Down now for ")


def test_the_reasons_add_up_to_the_difference_from_the_usual_shift():
    p = said()
    sums = [sum(minutes for _, _, minutes in row) for row in p.contributions]
    np.testing.assert_allclose(sums, p.expected_min - p.usual_min, atol=1e-6)
    for row in p.contributions:
        sizes = [abs(minutes) for _, _, minutes in row]
        assert sizes == sorted(sizes, reverse=True)


def test_rows_after_the_instant_change_neither_the_model_nor_what_it_says():
    later = chicago().end_us > NOW_US
    changed = {name: getattr(chicago(), name).copy() for name in OUTCOMES}
    for column in changed.values():
        column[later] = 99.0
    begun = chicago().down_start_us < NOW_US
    other = replace(
        chicago(), **changed, down_machine=chicago().down_machine[begun],
        down_start_us=chicago().down_start_us[begun], down_end_us=chicago().down_end_us[begun],
    )  # fmt: skip
    retrained = train(other, as_of_us=NOW_US)
    _, first = next_shifts(other, number=1)
    assert_same(predict(retrained, other, first), predict(model(), chicago(), first))


def test_a_model_kept_as_files_predicts_the_same_to_the_last_bit():
    parts = dump(model())
    assert {name.rsplit(".", 1)[1] for name in parts} <= {"json", "skops"}
    loaded = load(parts)
    assert_same(predict(loaded, chicago(), next_shifts()[1]), said())
    assert loaded.evidence == json.loads(json.dumps(model().evidence))


def test_a_model_of_an_unknown_format_is_refused_with_what_to_do():
    parts = dump(model())
    held = {**json.loads(parts["model.json"]), "format": 99}
    with pytest.raises(ValueError, match="format 99 cannot be read: train a new one"):
        load({**parts, "model.json": json.dumps(held).encode()})


def test_questions_asked_ahead_are_answered_by_what_was_known_then():
    _, questions = next_shifts(ahead_us=5 * HOUR_US, number=6)
    ahead = predict(model(), chicago(), questions)
    as_known = chicago().known_at(int(questions.as_of_us[0]))
    _, first = next_shifts(as_known, ahead_us=5 * HOUR_US, number=1)
    some = predict(model(), as_known, first)
    for place, row in enumerate(np.flatnonzero(questions.as_of_us == questions.as_of_us[0])):
        assert some.median_min[place] == ahead.median_min[row]
        assert some.hi95[place] == ahead.hi95[row]


def test_mixed_leads_are_answered_in_the_order_asked():
    rows, now = next_shifts(number=4)
    lead = np.where(np.arange(len(rows)) % 2, 3 * HOUR_US, 0)
    mixed = predict(model(), chicago(), questions_of(chicago(), rows, now.start_us - lead))
    alone = predict(model(), chicago(), now)
    np.testing.assert_array_equal(mixed.median_min[::2], alone.median_min[::2])
    assert mixed.contributions[::2] == alone.contributions[::2]


def test_answers_do_not_depend_on_the_machines_names():
    renamed = replace(chicago(), machines=("Z", "press 4", "A", "ö", "M1"))
    other = predict(train(renamed, as_of_us=NOW_US), renamed, next_shifts()[1])
    assert_same(other, said())


def test_a_plant_that_submits_minutes_only_is_served_and_claims_no_state():
    bare = plant(5, 320, with_intervals=False, signals=())
    rows, questions = next_shifts(bare, number=20)
    p = predict(train(bare, as_of_us=NOW_US), bare, questions)
    actual = bare.downtime_min[rows]
    assert not p.down_now.any()
    assert ((p.lo95 <= actual) & (actual <= p.hi95)).mean() > 0.85


def test_a_machine_that_was_new_after_training_is_answered_too():
    grown = plant(6, 320)
    _, questions = next_shifts(grown, number=2)
    p = predict(model(), grown, questions)
    assert np.isfinite(p.median_min).all() and np.isfinite(p.usual_min).all()


def test_nothing_asked_nothing_said():
    _, questions = next_shifts(number=0)
    assert len(predict(model(), chicago(), questions)) == 0


def test_a_short_history_says_in_sentences_what_it_has_and_needs():
    with pytest.raises(InsufficientData) as raised:
        train(plant(2, 12), as_of_us=EPOCH_US + 12 * SHIFT_US)
    missing = raised.value.extra["missing"]
    assert "have 24, need 60" in missing[0]
    assert "have 12, need 20" in missing[1]
    assert raised.value.extra["needs_shifts"] == 18


def test_an_empty_history_is_insufficient():
    with pytest.raises(InsufficientData):
        train(chicago(), as_of_us=EPOCH_US)


def test_a_thin_history_is_served_by_naive_members_and_ridge():
    thin = plant(3, 40)
    early = train(thin, as_of_us=EPOCH_US + 30 * SHIFT_US)
    assert not any("xgb" in name or "forest" in name for name in early.metrics["members"])
    rows = np.flatnonzero(thin.start_us == EPOCH_US + 30 * SHIFT_US)
    p = predict(early, thin, questions_of(thin, rows))
    assert np.isfinite(p.hi95).all()


def test_where_nothing_can_be_learned_a_naive_member_serves_and_says_so():
    calm = plant(3, 60, signals=())
    none = np.zeros(0, np.int64)
    calm = replace(
        calm, downtime_min=np.zeros(len(calm)), stops=np.zeros(len(calm)), down_machine=none,
        down_start_us=none, down_end_us=none,
    )  # fmt: skip
    quiet = train(calm, as_of_us=EPOCH_US + 50 * SHIFT_US)
    assert quiet.guard.serves == "last_value"
    assert "same as last shift" in quiet.guard.reason
    rows = np.flatnonzero(calm.start_us == EPOCH_US + 50 * SHIFT_US)
    p = predict(quiet, calm, questions_of(calm, rows))
    assert p.served == ["last_value"] * 3
    assert (p.median_min == 0).all()


def test_training_tells_how_far_it_is_and_stops_when_told_to():
    told = []
    train(plant(3, 40), as_of_us=EPOCH_US + 30 * SHIFT_US, tell=lambda *step: told.append(step))
    percents = [percent for percent, _ in told]
    assert percents == sorted(percents) and percents[-1] <= 100

    def cancel(percent: int, step: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(plant(3, 40), as_of_us=EPOCH_US + 30 * SHIFT_US, tell=cancel)


def test_the_evidence_is_out_of_sample_and_plain():
    evidence = model().evidence
    json.dumps(evidence, allow_nan=False)
    assert sum(evidence["feature_importance"].values()) == pytest.approx(1)
    shifts = sum(level["shifts"] for level in evidence["levels"])
    assert shifts == len(evidence["losses"]["ours"]) == model().metrics["shifts"]
    first_held = min(evidence["losses"]["start_us"])
    assert first_held > NOW_US - 0.25 * LEARNED_SHIFTS * SHIFT_US
    assert len(evidence["points"]) <= 400
    assert {row["group"] for row in evidence["coverage"]} >= {"all", "shifts with downtime"}


def test_skill_is_what_the_metrics_say():
    found = model().metrics
    naive = found["members"][found["best_naive"]]["mae"]
    assert model().skill_vs_naive == pytest.approx(1 - found["ours"]["mae"] / naive)
    assert (model().guard.serves == "model") == (model().skill_vs_naive > 0)


def test_the_evidence_adds_up_to_the_metrics_and_counts_what_happened():
    evidence, metrics = model().evidence, model().metrics
    lost = evidence["losses"]
    assert np.mean(lost["ours"]) == pytest.approx(metrics["ours"]["mae"])
    naive = metrics["members"][metrics["best_naive"]]["mae"]
    assert np.mean(lost["naive"]) == pytest.approx(naive)
    place = {
        key: n for n, key in enumerate(zip(chicago().machine, chicago().start_us, strict=True))
    }
    rows = [place[key] for key in zip(lost["machine"], lost["start_us"], strict=True)]
    long = chicago().downtime_min[rows] >= 30
    assert sum(one["shifts"] * (one["observed"] or 0) for one in evidence["levels"]) == (
        pytest.approx(long.sum())
    )
    groups = {row["group"]: row for row in evidence["coverage"]}
    assert groups["all"]["shifts"] == len(rows)
    assert groups["shifts with downtime"]["shifts"] == (chicago().downtime_min[rows] > 0).sum()
    assert groups["all"]["coverage_95"] == metrics["ours"]["coverage_95"]
