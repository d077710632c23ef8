"""What was said and when: written once, never changed, joined with the truth when it is there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.models.registry import ModelVersion


class Origin(models.TextChoices):
    """Said when it was time to, or by a replay of the past, as of then."""

    LIVE = "live", _("Live")
    REPLAY = "replay", _("Replay")


class Prediction(models.Model):
    """Downtime of one planned shift in minutes, as of an instant; `machine` null is the plant.

    Only `actual_min` and `graded_at` are written later. `is_shadow` marks what a challenger said
    beside the champion. `factors` are [key, label, minutes] and add up from `usual_min` to
    `expected_min`; `naive_min` is what the best naive rule said.
    """

    machine = models.ForeignKey(
        "production.Machine", on_delete=models.CASCADE, null=True, related_name="predictions"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, related_name="predictions"
    )
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.LIVE)
    is_shadow = models.BooleanField(default=False)
    production_date = models.DateField()
    shift = models.CharField(max_length=100)
    shift_start = models.DateTimeField()
    shift_end = models.DateTimeField()
    as_of = models.DateTimeField()
    issued_at = models.DateTimeField()
    served = models.CharField(max_length=50)
    planned_min = models.FloatField()
    median_min = models.FloatField()
    expected_min = models.FloatField()
    usual_min = models.FloatField()
    lo80 = models.FloatField()
    hi80 = models.FloatField()
    lo95 = models.FloatField()
    hi95 = models.FloatField()
    p_downtime_30 = models.FloatField()
    confidence = models.FloatField()
    agreement = models.FloatField(null=True)
    risk = models.CharField(max_length=20)
    down_now = models.BooleanField(default=False)
    naive_min = models.FloatField(null=True)
    factors = models.JSONField(default=list)
    actual_min = models.FloatField(null=True)
    graded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-shift_start", "machine__machine_id")
        constraints = (
            models.UniqueConstraint(
                fields=("machine", "shift_start", "as_of", "version", "origin"),
                nulls_distinct=False,
                name="said_once_a_shift_and_instant",
            ),
        )
        indexes = (
            models.Index(fields=("shift_start", "machine", "as_of")),
            models.Index(
                fields=("shift_end",),
                condition=models.Q(graded_at__isnull=True),
                name="predictions_to_grade",
            ),
        )

    def __str__(self) -> str:
        return f"{self.machine_id or 'plant'} {self.shift_start} {self.median_min:.0f} min"


class Forecast(models.Model):
    """A metric of 30 plant days from the origin day on; `key` is a machine_id or `*`, the plant.

    `quantiles` are five lists of 30, `members` each member's medians (null where it is not
    installed), `totals` what 7 and 30 days add up to, from summed paths. `actuals` fills up as days
    end.
    """

    key = models.CharField(max_length=64)
    metric = models.CharField(max_length=100)
    origin = models.DateField()
    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, related_name="forecasts"
    )
    made_by = models.CharField(max_length=10, choices=Origin, default=Origin.LIVE)
    is_shadow = models.BooleanField(default=False)
    is_cheap = models.BooleanField(
        default=False, help_text=_("Published by the cheap members to meet the morning's deadline.")
    )
    as_of = models.DateTimeField()
    issued_at = models.DateTimeField()
    served = models.CharField(max_length=50)
    reason = models.TextField(blank=True)
    quantiles = models.JSONField()
    mean = models.JSONField()
    members = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    is_open = models.JSONField(default=list)
    naive = models.JSONField(default=list)
    backtest = models.JSONField(default=dict)
    history_days = models.PositiveIntegerField()
    actuals = models.JSONField(default=list)
    graded_until = models.DateField(null=True)

    class Meta:
        ordering = ("-origin", "metric", "key")
        constraints = (
            models.UniqueConstraint(
                fields=("key", "metric", "origin", "version", "is_cheap", "made_by"),
                nulls_distinct=False,
                name="forecast_once_an_origin",
            ),
        )
        indexes = (models.Index(fields=("metric", "key", "origin")),)

    def __str__(self) -> str:
        return f"{self.key} {self.metric} {self.origin}"
