"""Drift: a model whose week was much worse than promised, and worse than the naive rule."""

from __future__ import annotations

from datetime import timedelta

from analytics.models import ModelVersion, Prediction
from analytics.services.drift import LEAST_GRADED, has_drifted
from analytics.services.registry import promote
from analytics.tests.past import NOW, machine

SHIFT = timedelta(hours=8)
PROMISED = 10.0


def serving(**metrics) -> ModelVersion:
    version = ModelVersion.objects.create(
        task="downtime", number=1, as_of=NOW, code_hash="c", data_hash="d", metrics=metrics
    )
    return promote(version, by="AMIS", why="The first.", verdict={})


def graded(version: ModelVersion, *, ours: float, naive: float, shifts: int = LEAST_GRADED,
           **columns) -> None:  # fmt: skip
    """Graded shifts at which we erred by so many minutes and the naive rule by so many."""
    if not version.metrics:
        version.metrics = {"ours": {"error": PROMISED}}
        version.save()
    machines = [machine(n) for n in range(1, 4)]
    plain = dict.fromkeys(("expected_min", "usual_min", "lo80", "lo95"), 0.0)
    plain |= {"hi80": 60.0, "hi95": 120.0, "p_downtime_30": 0.1, "confidence": 0.5}
    plain |= {"served": "model", "risk": "low", "planned_min": 480, "shift": "Day"}
    plain |= {"median_min": 100 + ours, "naive_min": 100 + naive, "actual_min": 100}
    rows = []
    for n in range(shifts):
        start = NOW - (1 + n // 3) * SHIFT
        instants = {"shift_start": start, "shift_end": start + SHIFT, "issued_at": start}
        instants |= {"production_date": start.date(), "as_of": start, "graded_at": NOW}
        rows.append(
            Prediction(machine=machines[n % 3], version=version, **plain, **instants, **columns)
        )
    Prediction.objects.bulk_create(rows)


def test_errors_half_as_large_again_as_promised_and_worse_than_naive_are_drift(inside):
    graded(serving(ours={"error": PROMISED}), ours=15.1, naive=15.0)
    assert has_drifted(NOW)


def test_errors_as_promised_are_none(inside):
    graded(serving(ours={"error": PROMISED}), ours=14.9, naive=5.0)
    assert not has_drifted(NOW)


def test_a_week_in_which_the_naive_rule_erred_as_much_is_a_hard_week_and_no_drift(inside):
    graded(serving(ours={"error": PROMISED}), ours=40.0, naive=40.0)
    assert not has_drifted(NOW)


def test_a_few_shifts_prove_nothing(inside):
    graded(serving(ours={"error": PROMISED}), ours=90.0, naive=5.0, shifts=LEAST_GRADED - 1)
    assert not has_drifted(NOW)


def test_the_week_before_last_and_shadows_do_not_count(inside):
    version = serving(ours={"error": PROMISED})
    graded(version, ours=90.0, naive=5.0, is_shadow=True)
    assert not has_drifted(NOW)
    Prediction.objects.update(is_shadow=False)
    assert has_drifted(NOW)
    assert not has_drifted(NOW + timedelta(days=8))


def test_without_a_model_or_without_a_promise_nothing_drifts(inside):
    assert not has_drifted(NOW)
    serving()
    assert not has_drifted(NOW)
