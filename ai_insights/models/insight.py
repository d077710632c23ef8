"""One analysis of a window, written once with the facts that it rests on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

OF_THE_WINDOW = ("oee", "good_units", "downtime_min")
AHEAD_MISSING = ("Next shift, not", "Downtime ahead, not")


class Insight(models.Model):
    """`facts` and `analysis` are the plain forms of `grounding.Fact` and `grounding.Analysis`.

    `source` is "rules" or the model's name. `dropped` are sentences of the model that did not hold,
    each with the reason: they are kept for whoever asks, and shown to nobody as a finding.
    """

    first_day = models.DateField()
    last_day = models.DateField(help_text=_("Included."))
    days = models.PositiveIntegerField()
    generated_at = models.DateTimeField()
    source = models.CharField(max_length=200)
    facts = models.JSONField()
    analysis = models.JSONField()
    dropped = models.JSONField(default=list)
    asked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-generated_at", "-pk")
        indexes = (models.Index(fields=("days", "generated_at")),)

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day} by {self.source}"

    @property
    def knows_something(self) -> bool:
        """Whether any figure of the window itself has a value."""
        return any(row["key"] in OF_THE_WINDOW and row["value"] is not None for row in self.facts)

    @property
    def lacks_predictions(self) -> bool:
        """Whether the next shift or the days ahead were not predicted yet."""
        labels = (row["label"] for row in self.facts if row["key"] == "missing")
        return any(label.startswith(AHEAD_MISSING) for label in labels)
