"""What a plant wants to reach: a value a KPI, from a day on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.Model):
    """`value` is a ratio 0..1, of `downtime_min` minutes and of `good_units` pieces, both a machine
    and planned shift. `machine` null is the plant and every machine without a row of its own; the
    newest row that is valid on a day counts.
    """

    class Metric(models.TextChoices):
        OEE = "oee", _("OEE")
        AVAILABILITY = "availability", _("Availability")
        EFFECTIVENESS = "effectiveness", _("Performance")
        QUALITY = "quality_ratio", _("Quality")
        GOOD_UNITS = "good_units", _("Good pieces a shift")
        DOWNTIME = "downtime_min", _("Downtime a shift, minutes")
        UNASSIGNED = "unassigned_share", _("Share of downtime without a reason")

    metric = models.CharField(max_length=30, choices=Metric)
    machine = models.ForeignKey(
        "production.Machine",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="targets",
    )
    valid_from = models.DateField(help_text=_("The first plant day on which it counts."))
    value = models.FloatField()

    class Meta:
        ordering = ("metric", "machine__machine_id", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("metric", "machine", "valid_from"),
                nulls_distinct=False,
                name="one_target_from_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(value__gt=0)
                & (models.Q(value__lte=1) | models.Q(metric__in=("good_units", "downtime_min"))),
                name="target_is_possible",
                violation_error_message=_("A ratio lies above 0 and not above 1 (85 %% is 0.85)."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_metric_display()} from {self.valid_from}: {self.value:g}"
