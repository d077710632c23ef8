"""Long work that a person can watch and cancel."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=50)
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    percent = models.FloatField(default=0)
    step = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)
    eta_s = models.FloatField(null=True)
    result_url = models.CharField(max_length=500, blank=True)
    cancel_requested = models.BooleanField(default=False)
    user_id = models.BigIntegerField(null=True)
    user_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
