"""Who is to get a report, and how far that is."""

from __future__ import annotations

from django.db import models

from reports.models.report import Report


class Delivery(models.Model):
    """One recipient of one report. `message_id` stays the same over all attempts."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RETRYING = "retrying", "Trying again"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="deliveries")
    to = models.EmailField(max_length=320)
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(null=True, help_text="The last attempt.")
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    message_id = models.CharField(max_length=300)

    class Meta:
        ordering = ("to",)
        verbose_name_plural = "deliveries"
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
