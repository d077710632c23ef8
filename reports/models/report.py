"""A report: content that is frozen when it is issued, and the files that were made from it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

LATE_AFTER = timedelta(minutes=1)
"""Beat knocks three times a minute."""


class Report(models.Model):
    """One window of the plant on paper. It never changes after it was issued: a correction is a
    new row with the next `revision`, and the old one is superseded.

    `plant_date` is the day of a daily report, the last day of any other. `late` marks one that
    was to be mailed at `due_at` and could not be then.
    """

    class Kind(models.TextChoices):
        DAILY = "daily", _("Daily")
        WEEKLY = "weekly", _("Weekly")
        CUSTOM = "custom", _("Custom")

    class State(models.TextChoices):
        MAKING = "making", _("Being made")
        ISSUED = "issued", _("Issued")
        SUPERSEDED = "superseded", _("Superseded")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=10, choices=Kind)
    plant_date = models.DateField()
    revision = models.PositiveIntegerField(default=1)
    start = models.DateTimeField()
    end = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State, default=State.MAKING)
    due_at = models.DateTimeField(null=True, help_text=_("When the schedule wants it mailed."))
    late = models.BooleanField(default=False)
    mails = models.BooleanField(default=False, help_text=_("Whether it is mailed when issued."))
    formats = models.JSONField(default=list)
    content = models.JSONField(default=dict)
    insight = models.ForeignKey(
        "ai_insights.Insight", on_delete=models.PROTECT, null=True, related_name="reports"
    )
    made_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "plant_date", "revision"),
                condition=~models.Q(kind="custom"),
                name="one_report_a_plant_day",
            ),
        )
        indexes = (models.Index(fields=("made_at",)),)

    def __str__(self) -> str:
        return f"{self.kind} {self.plant_date}"

    def is_late_at(self, moment: datetime) -> bool:
        """Whether it is late when it is made, or mailed, at a moment only."""
        return self.late or (self.due_at is not None and moment - self.due_at > LATE_AFTER)


class ReportFile(models.Model):
    """One format of a report, as it was mailed. Kept in the plant's schema, so that whatever keeps
    or deletes a plant keeps or deletes its reports.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    class Meta:
        ordering = ("format",)
        constraints = (
            models.UniqueConstraint(fields=("report", "format"), name="a_format_once_a_report"),
        )

    def __str__(self) -> str:
        return self.name
