"""Where samples come from: OPC UA connections, their signals, and what went wrong on the way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.secrets import SealedField


class Connection(models.Model):
    """One OPC UA server. The worker that holds the lease is the only one that talks to it."""

    class SecurityMode(models.TextChoices):
        NONE = "None", _("None")
        SIGN = "Sign", _("Sign")
        SIGN_AND_ENCRYPT = "SignAndEncrypt", _("Sign and encrypt")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for a worker")
        CONNECTING = "connecting", _("Connecting")
        CONNECTED = "connected", _("Connected")
        LOST = "lost", _("Lost, trying again")
        PARKED = "parked", _("Certificate waits for approval")

    name = models.CharField(max_length=100, unique=True)
    endpoint_url = models.CharField(max_length=4096)
    security_mode = models.CharField(max_length=20, choices=SecurityMode, default=SecurityMode.NONE)
    security_policy = models.CharField(max_length=50, blank=True, default="")
    username = models.CharField(max_length=200, blank=True)
    password = SealedField(blank=True)
    password_env = models.CharField(max_length=200, blank=True)
    server_certificate = models.BinaryField(null=True, blank=True)
    parked_certificate = models.BinaryField(null=True, blank=True)
    publishing_interval_ms = models.PositiveIntegerField(default=500)
    state_map = models.JSONField(default=dict, blank=True)
    simulated = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(
        default=1,
        help_text=_("Grows with every change of this connection, its machines or signals."),
    )
    lease_owner = models.CharField(max_length=200, blank=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING, editable=False)
    status_detail = models.TextField(blank=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Signal(models.Model):
    """One value of a machine: its node, what it means (role) and what is plausible for it."""

    class Role(models.TextChoices):
        STATE = "state", _("State")
        PRODUCED = "produced", _("Pieces produced")
        DEFECTIVE = "defective", _("Defective pieces")
        REWORK = "rework", _("Rework pieces")
        SPEED = "speed", _("Current speed")
        IDEAL_SPEED = "ideal_speed", _("Ideal speed")
        MODE = "mode", _("Unit mode")
        BLOCKED = "blocked", _("Blocked")
        STARVED = "starved", _("Starved")
        PROCESS = "process", _("Process value")

    class Forecast(models.TextChoices):
        NONE = "", _("No")
        DAILY_MEAN = "daily_mean", _("Mean of a plant day")
        DAILY_SUM = "daily_sum", _("Sum of a plant day")

    machine = models.ForeignKey(
        "production.Machine", on_delete=models.CASCADE, related_name="signals"
    )
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=Role, default=Role.PROCESS)
    node = models.CharField(
        max_length=1000, help_text=_("NodeId with its namespace URI: nsu=urn:…;s=…")
    )
    unit = models.CharField(max_length=30, blank=True)
    sampling_ms = models.PositiveIntegerField(default=0, help_text=_("0: the publishing interval."))
    queue_size = models.PositiveIntegerField(default=100)
    counter_bits = models.PositiveSmallIntegerField(default=32)
    min_value = models.FloatField(null=True, blank=True)
    max_value = models.FloatField(null=True, blank=True)
    forecast = models.CharField(
        max_length=20,
        choices=Forecast,
        blank=True,
        default=Forecast.NONE,
        help_text=_("Whether a process value is a metric that is forecast by plant day."),
    )
    status_text = models.CharField(
        max_length=200, blank=True, editable=False, help_text=_("The node's last bad status.")
    )

    class Meta:
        ordering = ("machine__machine_id", "name")
        constraints = (
            models.UniqueConstraint(fields=("machine", "name"), name="signal_once_a_machine"),
            models.UniqueConstraint(
                fields=("machine", "role"),
                condition=~models.Q(role="process"),
                name="role_once_a_machine",
            ),
            models.CheckConstraint(
                condition=models.Q(forecast="") | models.Q(role="process"),
                name="only_process_values_are_forecast",
            ),
        )

    def __str__(self) -> str:
        return f"{self.machine_id} {self.name}"


class Outage(models.Model):
    """A time in which AMIS did not hear a connection; `ended_at` is null while it lasts.

    What the machines did meanwhile is unknown: derived records count it as no data.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="outages")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-started_at",)
        indexes = (models.Index(fields=("connection", "started_at")),)
        constraints = (
            models.UniqueConstraint(
                fields=("connection",),
                condition=models.Q(ended_at__isnull=True),
                name="one_open_outage_a_connection",
            ),
        )

    def __str__(self) -> str:
        return f"{self.started_at} – {self.ended_at or 'now'}"


class DataIssue(models.Model):
    """Something odd in the data: flagged, never dropped silently."""

    class Kind(models.TextChoices):
        GAP = "gap", _("Gap")
        TYPE_CHANGE = "type_change", _("Value of another type")
        BAD_QUALITY = "bad_quality", _("Bad quality")
        NODE_MISSING = "node_missing", _("Node missing")
        ROLLOVER = "rollover", _("Counter rolled over")
        COUNTER_RESET = "counter_reset", _("Counter was reset")
        OUT_OF_RANGE = "out_of_range", _("Out of range")
        STUCK = "stuck", _("Stuck")
        CLOCK_SKEW = "clock_skew", _("Clock skew")
        OVERFLOW = "overflow", _("Queue overflow")
        CERTIFICATE_PARKED = "certificate_parked", _("Certificate waits for approval")

    signal = models.ForeignKey(
        Signal, on_delete=models.CASCADE, null=True, blank=True, related_name="issues"
    )
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, null=True, blank=True, related_name="issues"
    )
    kind = models.CharField(max_length=30, choices=Kind)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    sample_count = models.BigIntegerField(null=True, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ("-started_at",)
        indexes = (models.Index(fields=("signal", "kind", "started_at")),)
        constraints = (
            models.UniqueConstraint(
                fields=("signal", "kind", "started_at"), name="issue_once_a_signal_and_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at}"


class IngestCount(models.Model):
    """How many values a connection delivered and what became of them; moves with the batch's
    commit.
    """

    class Outcome(models.TextChoices):
        RECEIVED = "received", _("Received")
        STORED = "stored", _("Stored")
        DUPLICATE = "duplicate", _("Duplicate")
        REJECTED = "rejected", _("Rejected")
        DROPPED = "dropped", _("Dropped")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="counts")
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason = models.CharField(max_length=50, blank=True)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "outcome", "reason"), name="one_count_an_outcome"
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} {self.reason} {self.count}"
