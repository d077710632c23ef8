"""The plant as ISA-95 sees it: areas, lines, machines, the shift calendar and the reasons for
stops.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

SHIFT_S = 28_800
"""Seconds of the 8 h shift that `capacity` counts pieces for."""


class Area(models.Model):
    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """A work centre: machines that pieces pass in order."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="lines")
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ("area__name", "name")
        constraints = (models.UniqueConstraint(fields=("area", "name"), name="line_once_an_area"),)

    def __str__(self) -> str:
        return self.name


class ShiftPattern(models.Model):
    """A weekly shift plan in the plant's own time zone.

    `days` holds mon..sun, `shifts` [{name, start, end}], `breaks` [{start, end}], times as local
    "HH:MM" ("24:00" is allowed as an end). A shift belongs to the day on which it starts.
    """

    name = models.CharField(max_length=100, unique=True)
    days = models.JSONField(default=list)
    shifts = models.JSONField(default=list)
    breaks = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PlantClosure(models.Model):
    """A plant day without shifts: a holiday or a shutdown."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()


class Machine(models.Model):
    """A work unit. `machine_id` ("M001") is its natural key inside the plant.

    The ideal cycle time (PRI, seconds a piece) comes from `ideal_cycle_s` or from `capacity`,
    pieces per 8 h shift at ideal speed.
    """

    machine_id = models.CharField(max_length=64, unique=True)
    machine_name = models.CharField(max_length=200)
    machine_type = models.CharField(max_length=200, blank=True)
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, null=True, blank=True, related_name="machines"
    )
    position = models.PositiveIntegerField(default=0, help_text=_("Order within the line."))
    capacity = models.FloatField(
        null=True, blank=True, help_text=_("Pieces per 8 h at ideal speed.")
    )
    ideal_cycle_s = models.FloatField(null=True, blank=True, help_text=_("Ideal seconds a piece."))
    shift_pattern = models.ForeignKey(
        ShiftPattern, on_delete=models.PROTECT, null=True, blank=True, related_name="machines"
    )
    connection = models.ForeignKey(
        "production.Connection",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="machines",
    )
    minor_stop_s = models.FloatField(default=120, help_text=_("Shorter stops are minor stops."))
    active = models.BooleanField(default=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("machine_id",)
        constraints = (
            models.UniqueConstraint(Lower("machine_id"), name="machine_id_once_whatever_case"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gt=0), name="capacity_positive"
            ),
            models.CheckConstraint(
                condition=Q(ideal_cycle_s__isnull=True) | Q(ideal_cycle_s__gt=0),
                name="ideal_cycle_positive",
            ),
        )

    def __str__(self) -> str:
        return f"{self.machine_id} {self.machine_name}"

    @property
    def pri_s(self) -> float | None:
        """Planned run time per item (ISO 22400-2 PRI), seconds; None when nobody entered one."""
        if self.ideal_cycle_s:
            return self.ideal_cycle_s
        return SHIFT_S / self.capacity if self.capacity else None

    @property
    def capacity_per_shift(self) -> float | None:
        """Pieces per 8 h shift at ideal speed, whichever way the ideal cycle was entered."""
        if self.capacity:
            return self.capacity
        return SHIFT_S / self.ideal_cycle_s if self.ideal_cycle_s else None


class StopReason(models.Model):
    """A leaf or branch of the two-level reason tree."""

    class Loss(models.TextChoices):
        FAILURE = "failure", _("Equipment failure")
        SETUP = "setup", _("Set-up and adjustment")
        MINOR = "minor", _("Minor stops")
        SPEED = "speed", _("Reduced speed")
        DEFECTS = "defects", _("Process defects")
        STARTUP = "startup", _("Start-up rejects")

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    planned = models.BooleanField(default=False)
    loss = models.CharField(max_length=20, choices=Loss, default=Loss.FAILURE)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name
