"""One value of one signal at one instant of the machine's own clock."""

from __future__ import annotations

from django.db import models

from production.models.source import Signal


class Sample(models.Model):
    """(signal, source_timestamp) is the identity, so a replay is harmless.

    The table is partitioned by month (migration 0002); its foreign key is not enforced, because a
    trigger a row would cost more than the row.
    """

    pk = models.CompositePrimaryKey("signal_id", "source_timestamp")
    signal = models.ForeignKey(
        Signal, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    source_timestamp = models.DateTimeField()
    value = models.FloatField(null=True)
    value_text = models.TextField(null=True)  # noqa: DJ001 - null says that the value was a number
    status_code = models.BigIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "production_sample"

    def __str__(self) -> str:
        return f"{self.signal_id} {self.source_timestamp} {self.value}"
