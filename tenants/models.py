"""Plants, the hosts they answer on, the people and what each may do where: the public schema."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
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
        PROVISIONING = "provisioning", "Provisioning"
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        FAILED = "failed", "Failed"

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


class PeopleByEmail(UserManager["User"]):
    """Accounts are found by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractUser):
    """A person. Signs in with the e-mail address; `username` is the name that the API shows."""

    email = models.EmailField(unique=True)
    is_corporate = models.BooleanField(
        default=False, help_text="Sees the corporate summary of every active plant."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ("username",)
    objects = PeopleByEmail()

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def label(self) -> str:
        """What a plant's rows keep of a person, because they cannot point at this table."""
        return str(self)


class Role(models.TextChoices):
    """Each role may do what the ones before it may."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    SUPERVISOR = "supervisor", "Supervisor"
    ENGINEER = "engineer", "Engineer"
    MANAGER = "manager", "Manager"
    ADMIN = "admin", "Administrator"


class Membership(models.Model):
    """What one person may do in one plant."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("tenant", "user")
        constraints = (models.UniqueConstraint(fields=("user", "tenant"), name="one_role_a_plant"),)

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.tenant}"


class ApiToken(models.Model):
    """A program's key to one plant. Only its SHA-256 is kept; the text is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, default="token")
    digest = models.CharField(
        max_length=64, unique=True, validators=[RegexValidator(r"^[0-9a-f]{64}$")]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} of {self.user} for {self.tenant}"
