"""Who is to get a report, and how far that is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.report import Report


class Delivery(models.Model):
    """One recipient of one report. `message_id` stays the same over all attempts."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RETRYING = "retrying", _("Trying again")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="deliveries")
    to = models.EmailField(max_length=320)
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(null=True, help_text=_("The last attempt."))
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    message_id = models.CharField(max_length=300)

    class Meta:
        ordering = ("to",)
        verbose_name_plural = _("deliveries")
        constraints = (
            models.UniqueConstraint(fields=("report", "to"), name="a_report_once_a_recipient"),
        )
        indexes = (
            models.Index(
                fields=("next_at",),
                condition=models.Q(state__in=("waiting", "retrying")),
                name="deliveries_to_make",
            ),
        )

    def __str__(self) -> str:
        return f"{self.report} to {self.to}: {self.state}"
