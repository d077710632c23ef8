"""One question to the language model: what was sent, and what became of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ai_insights.models.insight import Insight


class WriterCall(models.Model):
    """`status` is ok, or why there is no answer; `messages` is exactly what was sent, which never
    holds a key.
    """

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, null=True, related_name="calls")
    time = models.DateTimeField()
    model = models.CharField(max_length=200)
    source = models.CharField(max_length=200, help_text=_("Whose text was served after it."))
    status = models.CharField(max_length=50)
    detail = models.TextField(blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    duration_ms = models.FloatField()
    messages = models.JSONField()

    class Meta:
        ordering = ("-time", "-pk")
        indexes = (models.Index(fields=("time",)),)

    def __str__(self) -> str:
        return f"{self.time} {self.model} {self.status}"
