"""What is derived from samples: state intervals, stops and the record of a shift."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from production.models.plant import Machine, StopReason


class StateInterval(models.Model):
    """A machine was in one state from `start` to `end`; cut at shift borders; `end` null: still is.

    `state` is the PackML name, empty where there is no data.
    """

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="states")
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, blank=True)
    cause = models.CharField(max_length=50, blank=True)

    class Meta:
        ordering = ("machine_id", "start")
        # What touches a window ends after its start: without this a page reads the whole past.
        indexes = (models.Index(fields=("machine", "end")),)
        constraints = (
            models.UniqueConstraint(fields=("machine", "start"), name="one_state_at_a_time"),
        )

    def __str__(self) -> str:
        return f"{self.machine_id} {self.state or 'no data'} {self.start}"


class Stop(models.Model):
    """Time that was planned and not produced: a delay (ADET) or a set-up (AUST).

    Cut at shift borders; `end` null: still stopped. An `imported` one came from a file, not from
    samples: derivation leaves it alone, and it may lie outside every shift. The person's name is
    kept as a label, because people live outside the plant's schema.
    """

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="stops")
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    state = models.CharField(max_length=20)
    cause = models.CharField(max_length=200, blank=True)
    imported = models.BooleanField(default=False)
    production_date = models.DateField(null=True)
    shift = models.CharField(max_length=100, blank=True)
    reason = models.ForeignKey(
        StopReason, on_delete=models.PROTECT, null=True, blank=True, related_name="stops"
    )
    note = models.TextField(blank=True)
    reason_user_id = models.BigIntegerField(null=True)
    reason_by = models.CharField(max_length=200, blank=True)
    reason_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-start",)
        indexes = (models.Index(fields=("start",)), models.Index(fields=("end",)))
        constraints = (
            models.UniqueConstraint(fields=("machine", "start"), name="one_stop_at_a_time"),
        )

    def __str__(self) -> str:
        return f"{self.machine_id} {self.state} {self.start}"


class ProductionRecord(models.Model):
    """One machine, one planned shift, one source. Seconds and pieces; null is unknown, not zero.

    `effective` marks the one record of a machine and shift that counts: a submitted or imported
    figure wins over the derived one, and both are kept. The `ideal_` columns are PRI × PQ and
    PRI × GQ, stored so that every roll-up is a sum. `stops_imported`: a file told all stops of this
    shift, so that none is derived.
    """

    class Source(models.TextChoices):
        DERIVED = "derived", _("Derived from samples")
        SUBMITTED = "submitted", _("Submitted")
        IMPORTED = "imported", _("Imported")

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="records")
    production_date = models.DateField()
    shift = models.CharField(max_length=100)
    source = models.CharField(max_length=20, choices=Source)
    effective = models.BooleanField(default=True)
    stops_imported = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)
    shift_start = models.DateTimeField()
    shift_end = models.DateTimeField()
    pri_s = models.FloatField(null=True)
    units_produced = models.FloatField(null=True)
    good_units = models.FloatField(null=True)
    defective_units = models.FloatField(null=True)
    rework_units = models.FloatField(null=True)
    pot_s = models.FloatField()
    planned_down_s = models.FloatField(default=0)
    pbt_s = models.FloatField()
    apt_s = models.FloatField(null=True)
    aust_s = models.FloatField(default=0)
    adet_s = models.FloatField(null=True)
    adot_s = models.FloatField(default=0)
    no_data_s = models.FloatField(default=0)
    unassigned_s = models.FloatField(default=0)
    failures = models.IntegerField(default=0)
    repair_s = models.FloatField(default=0)
    ideal_produced_s = models.FloatField(null=True)
    ideal_good_s = models.FloatField(null=True)
    oee = models.FloatField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-shift_start", "machine__machine_id")
        constraints = (
            models.UniqueConstraint(
                fields=("machine", "production_date", "shift", "source"),
                name="one_record_a_shift_and_source",
            ),
            models.UniqueConstraint(
                fields=("machine", "production_date", "shift"),
                condition=models.Q(effective=True),
                name="one_effective_record_a_shift",
            ),
        )
        indexes = (
            models.Index(
                fields=("shift_start", "machine"),
                condition=models.Q(effective=True),
                name="effective_records_by_time",
            ),
            models.Index(
                fields=("production_date", "machine"),
                condition=models.Q(effective=True),
                name="effective_records_by_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.machine_id} {self.production_date} {self.shift} {self.source}"
