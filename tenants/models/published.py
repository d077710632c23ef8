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
    """The sums of all machines of a plant over one planned shift: seconds and pieces.

    The columns are the fields of `analytics.kpis.rollup.Sums`, so that the database adds up what
    the plant adds up itself. `silence` tells of planned time that no record tells of, by a
    machine's number, because what one machine worked beyond its plan is set against its own
    silence in the same window: `due` seconds of ended shifts, `open` seconds of a running one,
    and `running` where a record of it is there. Null where there is none.
    """

    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, to_field="schema_name", related_name="published_shifts"
    )
    shift_date = models.DateField()
    shift_start = models.DateTimeField()
    shift = models.CharField(max_length=100)
    silence = models.JSONField(null=True)
    pot_s = models.FloatField(default=0)
    pbt_s = models.FloatField(default=0)
    apt_s = models.FloatField(default=0)
    aust_s = models.FloatField(default=0)
    adet_s = models.FloatField(default=0)
    adot_s = models.FloatField(default=0)
    no_data_s = models.FloatField(default=0)
    unassigned_s = models.FloatField(default=0)
    pq = models.FloatField(default=0)
    gq = models.FloatField(default=0)
    sq = models.FloatField(default=0)
    ideal_produced_s = models.FloatField(default=0)
    ideal_good_s = models.FloatField(default=0)
    failures = models.BigIntegerField(default=0)
    repair_s = models.FloatField(default=0)
    records = models.BigIntegerField(default=0)
    unknown_pq = models.BigIntegerField(default=0)
    unknown_sq = models.BigIntegerField(default=0)
    unknown_gq = models.BigIntegerField(default=0)
    unknown_downtime = models.BigIntegerField(default=0)
    missing_pri = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "shift_start", "shift", "shift_date"),
                name="one_row_a_published_shift",
            ),
        )
        indexes = (models.Index(fields=("tenant", "shift_date"), name="published_day"),)

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.shift_date} {self.shift}"
