"""What a plant chooses: whether facts may leave the house, and what its minutes and pieces cost."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class WriterChoice(models.Model):
    """Whether a language model may be asked; one row, made when it is first asked for."""

    asks_model = models.BooleanField(
        default=True,
        verbose_name=_("ask the language model"),
        help_text=_("Off: nothing is sent to it, and AMIS's own rules write."),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("writer of the insights")
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_writer_choice"),
        )

    def __str__(self) -> str:
        return str(_("Writer of the insights"))


class Cost(models.Model):
    """What a lost minute and a scrap piece cost, from a day on; `machine` null is every machine
    that has no row of its own. A range, because nobody knows it to the cent.
    """

    machine = models.ForeignKey(
        "production.Machine", on_delete=models.CASCADE, null=True, blank=True, related_name="costs"
    )
    valid_from = models.DateField()
    currency = models.CharField(max_length=10, default="EUR")
    minute_low = models.FloatField(validators=[MinValueValidator(0)])
    minute_high = models.FloatField(validators=[MinValueValidator(0)])
    scrap_low = models.FloatField(validators=[MinValueValidator(0)])
    scrap_high = models.FloatField(validators=[MinValueValidator(0)])

    class Meta:
        ordering = ("machine__machine_id", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("machine", "valid_from"), nulls_distinct=False, name="one_cost_from_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    minute_low__gte=0,
                    minute_high__gte=models.F("minute_low"),
                    scrap_low__gte=0,
                    scrap_high__gte=models.F("scrap_low"),
                ),
                name="costs_rise_from_low_to_high",
                violation_error_message=_("The high figure must not be below the low one."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.machine or _('every machine')} from {self.valid_from}"
