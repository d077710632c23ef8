"""A program's key."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.people import User
from tenants.models.plant import Tenant


class Scope(models.TextChoices):
    """What a key is for; it never allows more than its user's role does."""

    READ = "read", _("Read")
    SUBMIT = "submit", _("Submit")
    MANAGE = "manage", _("Manage")


def every_scope() -> list[str]:
    return list(Scope.values)


class ApiToken(models.Model):
    """A key to one plant, or to none: that is a platform administrator's or a corporate viewer's.

    Only its SHA-256 is kept; the text is shown once.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="api_tokens", null=True, blank=True
    )
    name = models.CharField(max_length=100, default="token")
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), default=every_scope)
    digest = models.CharField(
        max_length=64, unique=True, validators=[RegexValidator(r"^[0-9a-f]{64}$")]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} of {self.user} for {self.tenant or 'the platform'}"
