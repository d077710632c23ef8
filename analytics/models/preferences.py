"""What a plant chooses about its predictions; one row, made when it is first asked for."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preferences(models.Model):
    """Chances from which a risk is medium, high and critical, and how many false alarms a machine
    may raise a week.
    """

    risk_medium = models.FloatField(
        default=0.05, validators=[MinValueValidator(0.001), MaxValueValidator(0.999)]
    )
    risk_high = models.FloatField(
        default=0.2, validators=[MinValueValidator(0.001), MaxValueValidator(0.999)]
    )
    risk_critical = models.FloatField(
        default=0.5, validators=[MinValueValidator(0.001), MaxValueValidator(0.999)]
    )
    alarms_a_week = models.FloatField(
        default=1.0, validators=[MinValueValidator(0.01), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = verbose_name_plural = _("preferences of prediction")
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_preferences"),
            models.CheckConstraint(
                condition=models.Q(
                    risk_medium__gt=0,
                    risk_high__gt=models.F("risk_medium"),
                    risk_critical__gt=models.F("risk_high"),
                    risk_critical__lt=1,
                ),
                name="risk_thresholds_rise",
                violation_error_message=_("The chances must rise from medium to high to critical."),
            ),
        )

    def __str__(self) -> str:
        return str(_("Preferences of prediction"))

    @property
    def thresholds(self) -> tuple[float, float, float]:
        return self.risk_medium, self.risk_high, self.risk_critical
