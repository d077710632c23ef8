"""Work that is due once: who does it, until when it is theirs, and how it ended."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """One piece of work of prediction, named by kind, chunk and the instant it is for.

    The row is what makes a repeat harmless: a worker claims it by lease, a killed worker's lease
    runs out and the next planning hands the piece out again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        THIN = "thin", _("Too little data")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=30)
    chunk = models.CharField(max_length=100, blank=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    lease_owner = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    detail = models.JSONField(default=dict)
    result = models.JSONField(
        default=dict, help_text=_("Files that the next run takes up, base64 by name.")
    )
    job = models.ForeignKey("production.Job", on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-due_at",)
        constraints = (
            models.UniqueConstraint(fields=("kind", "chunk", "due_at"), name="one_run_a_due_time"),
        )
        indexes = (
            models.Index(
                fields=("kind",),
                condition=models.Q(state__in=("waiting", "running")),
                name="runs_to_do",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.chunk} {self.due_at} {self.state}"
