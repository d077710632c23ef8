"""The registry: every trained model, what it was trained on, how good it was, whether it serves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ModelVersion(models.Model):
    """One training of one task. `number` counts from 1 within the task.

    `evidence` holds what pages draw (reliability, levels, points), and `verdict` the comparison
    with the champion that decided about it.
    """

    class Task(models.TextChoices):
        DOWNTIME = "downtime", _("Next-shift downtime")
        FORECAST = "forecast", _("Daily forecast")
        ANOMALY = "anomaly", _("Anomalies")

    class Status(models.TextChoices):
        CHALLENGER = "challenger", _("Challenger")
        CHAMPION = "champion", _("Champion")
        RETIRED = "retired", _("Retired")

    task = models.CharField(max_length=20, choices=Task)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status, default=Status.CHALLENGER)
    as_of = models.DateTimeField(help_text=_("It knows nothing that happened later."))
    code_hash = models.CharField(max_length=64)
    data_hash = models.CharField(max_length=64)
    data_from = models.DateTimeField(null=True)
    data_to = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    weights = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    guard = models.CharField(max_length=50, default="model", help_text=_("Who serves."))
    guard_reason = models.TextField(blank=True)
    skill_vs_naive = models.FloatField(null=True)
    verdict = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("task", "-number")
        constraints = (
            models.UniqueConstraint(fields=("task", "number"), name="version_number_once_a_task"),
            models.UniqueConstraint(
                fields=("task", "as_of", "code_hash", "data_hash"), name="one_version_a_training"
            ),
            models.UniqueConstraint(
                fields=("task",),
                condition=models.Q(status="champion"),
                name="one_champion_a_task",
            ),
        )

    def __str__(self) -> str:
        return f"{self.task} {self.number} {self.status}"


class Promotion(models.Model):
    """A version began to serve: when, by whose word (a person, or AMIS by its rule), and why."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="promotions")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    why = models.TextField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.version} {self.at}"


class ModelArtefact(models.Model):
    """One file of a version: XGBoost JSON, Keras, skops, JSON. Never pickle."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="artefacts")
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("version", "name"), name="artefact_once_a_version"),
        )

    def __str__(self) -> str:
        return self.name
