"""Something unlike the machine's own past, and what a person said of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Anomaly(models.Model):
    """An event at the grain of a shift or of a signal. Keyed by machine, grain and start, so that
    detecting an interval again changes the event and does not add another.
    """

    class Grain(models.TextChoices):
        SHIFT = "shift", _("Shift")
        SIGNAL = "signal", _("Signal")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Dismissed")

    machine = models.ForeignKey(
        "production.Machine", on_delete=models.CASCADE, related_name="anomalies"
    )
    grain = models.CharField(max_length=10, choices=Grain)
    start = models.DateTimeField()
    end = models.DateTimeField()
    score = models.FloatField()
    sentence = models.TextField()
    expected = models.CharField(max_length=300, blank=True)
    signals = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_user_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-start",)
        constraints = (
            models.UniqueConstraint(
                fields=("machine", "grain", "start"), name="anomaly_once_a_start"
            ),
        )
        indexes = (models.Index(fields=("start",)),)

    def __str__(self) -> str:
        return f"{self.machine_id} {self.sentence}"


class OddHour(models.Model):
    """A machine's oddest moment of an hour, 0..1: what the timeline draws between events."""

    machine = models.ForeignKey(
        "production.Machine", on_delete=models.CASCADE, related_name="odd_hours"
    )
    hour = models.DateTimeField()
    score = models.FloatField()
    is_anomaly = models.BooleanField(default=False)

    class Meta:
        ordering = ("hour",)
        constraints = (
            models.UniqueConstraint(fields=("machine", "hour"), name="one_score_an_hour"),
        )

    def __str__(self) -> str:
        return f"{self.machine_id} {self.hour} {self.score:.3f}"
