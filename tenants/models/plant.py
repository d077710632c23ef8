"""A plant and the hosts on which it answers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

TENANT_ID_PATTERN = r"[a-z][a-z0-9_]{1,47}"
RESERVED_IDS = frozenset(
    {
        "public",
        "list",
        "create",
        "www",
        "api",
        "admin",
        "corporate",
        "static",
        "information_schema",
    }
)


class Tenant(TenantMixin):
    """One plant. `schema_name` is its tenant_id: immutable, the name of its schema and host."""

    class Status(models.TextChoices):
        PROVISIONING = "provisioning", _("Provisioning")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        FAILED = "failed", _("Failed")
        DELETING = "deleting", _("Deleting")

    tenant_name = models.CharField(max_length=200)
    plant_location = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=64, default="UTC")
    status = models.CharField(max_length=20, choices=Status, default=Status.PROVISIONING)
    created_at = models.DateTimeField(auto_now_add=True)

    auto_create_schema = False

    class Meta:
        ordering = ("schema_name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=f"^{TENANT_ID_PATTERN}$"),
                name="tenant_id_pattern",
            ),
        )

    def __str__(self) -> str:
        return self.tenant_name

    @property
    def tenant_id(self) -> str:
        return self.schema_name

    @property
    def role(self) -> str:
        """The database role under which everything of this plant runs."""
        return role_of(self.schema_name)

    @property
    def host_label(self) -> str:
        return self.schema_name.replace("_", "-")


def role_of(schema_name: str) -> str:
    return f"t_{schema_name}"


class Domain(DomainMixin):
    """A host name on which a plant answers."""

    class Meta:
        ordering = ("domain",)
