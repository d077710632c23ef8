"""Why nothing is predicted where data are enough: no model has learned from them yet."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.models import ModelVersion, Run
from analytics.selectors.outlook_shapes import Insufficient

AWAITED = {
    ModelVersion.Task.DOWNTIME: "The model is trained and its first predictions are being made",
    ModelVersion.Task.FORECAST: "The models are trained and the first forecast is being made",
    ModelVersion.Task.ANOMALY: "The model is trained and the first hours are being scored",
}


def untrained(task: ModelVersion.Task, kinds: Sequence[str]) -> Insufficient:
    """What becomes of the training; `kinds` are the runs of which it consists."""
    return Insufficient(missing=[_sentence(task, kinds)], is_enough=True)


def _sentence(task: ModelVersion.Task, kinds: Sequence[str]) -> str:
    if ModelVersion.objects.filter(task=task).exists():
        return f"{AWAITED[task]}: have 0, need 1."
    run = Run.objects.filter(kind__in=kinds).order_by("-due_at", "-pk").first()
    if run is not None and run.state == Run.State.FAILED:
        why = run.detail.get("message", "see the log.")
        return f"Training failed: {why} Have 0 models, need 1."
    step = run.job.step if run is not None and run.job and run.job.step else "it begins soon"
    return f"No model is trained yet ({step}): have 0 models, need 1."
