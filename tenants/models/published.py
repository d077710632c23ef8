"""What a plant publishes for the corporate view: sums, and nothing of machines or people."""

from __future__ import annotations

from django.db import models

from tenants.models.plant import Tenant


class PublishedPlant(models.Model):
    """How far a plant has published, and what it aims at.

    A plant's role writes its own row and nobody else's (row-level security on the column
    `tenant_id`, which holds the plant's id). `targets` are ratios 0..1 by KPI.
    """

    tenant = models.OneToOneField(
        Tenant, on_delete=models.CASCADE, to_field="schema_name", related_name="published"
    )
    data_version = models.BigIntegerField()
    targets = models.JSONField(default=dict)
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tenant_id} as of {self.published_at}"


class PublishedShift(models.Model):
    """The sums of all machines of a plant over one planned shift.

    `sums` has the fields of `analytics.kpis.rollup.Sums`, seconds and pieces, so that what is added
    up here is what the plant adds up itself.
    """

    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, to_field="schema_name", related_name="published_shifts"
    )
    shift_date = models.DateField()
    shift_start = models.DateTimeField()
    shift = models.CharField(max_length=100)
    sums = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "shift_start", "shift"), name="one_row_a_published_shift"
            ),
        )
        indexes = (models.Index(fields=("tenant", "shift_date"), name="published_day"),)

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.shift_date} {self.shift}"
