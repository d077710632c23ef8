"""People, and what each may do in which plant."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.plant import Tenant


class Theme(models.TextChoices):
    """The colours of the pages."""

    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class TimeDisplay(models.TextChoices):
    """The clock in which pages tell times; dates of shifts are the plant's in any case."""

    PLANT = "plant", _("The plant's time")
    UTC = "utc", _("UTC")


class PeopleByEmail(UserManager["User"]):
    """Accounts are found by e-mail address or user name, whatever their case."""

    def get_by_natural_key(self, username: str | None) -> User:
        user = self.by_sign_in_name(username or "")
        if user is None:
            raise self.model.DoesNotExist
        return user

    def by_sign_in_name(self, name: str) -> User | None:
        """Whose e-mail address this is, else whose user name; of two that differ by case, who is
        written so.
        """
        if "\0" in name:
            return None
        for field in ("email", "username"):
            found = list(self.filter(**{f"{field}__iexact": name}))
            exact = [user for user in found if getattr(user, field) == name]
            if found:
                return next(iter(exact or found)) if exact or len(found) == 1 else None
        return None


class User(AbstractUser):
    """A person. Signs in with the e-mail address or `username`, the name that the API shows."""

    email = models.EmailField(unique=True)
    is_corporate = models.BooleanField(
        default=False, help_text=_("Sees the corporate summary of every active plant.")
    )
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    time_display = models.CharField(max_length=10, choices=TimeDisplay, default=TimeDisplay.PLANT)

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

    VIEWER = "viewer", _("Viewer")
    OPERATOR = "operator", _("Operator")
    SUPERVISOR = "supervisor", _("Supervisor")
    ENGINEER = "engineer", _("Engineer")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Administrator")


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

    @property
    def highest_role(self) -> str:
        """What the person may do here in fact: the platform's administrators are every plant's."""
        return Role.ADMIN.value if self.user.is_superuser else self.role
