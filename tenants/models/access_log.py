"""Who did what that somebody may have to answer for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessLog(models.Model):
    """One line, written and never changed: no login but the owner's may update or delete here.

    It points at nothing, so that it outlives the people and the plants that it names; a plant is
    named by its id alone.
    """

    class Action(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
        SIGNED_OUT = "signed_out", _("Signed out")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        SECOND_FACTOR_CHANGED = "second_factor_changed", _("Second factor changed")
        HANDED_OVER = "handed_over", _("Moved to a plant")
        ENTERED = "entered", _("Entered by the platform")
        INVITED = "invited", _("Invited")
        ROLE_GRANTED = "role_granted", _("Role granted")
        ROLE_REVOKED = "role_revoked", _("Role revoked")
        TOKEN_MADE = "token_made", _("Token made")
        TOKEN_REVOKED = "token_revoked", _("Token revoked")
        PLANT_CREATED = "plant_created", _("Plant created")
        PLANT_CHANGED = "plant_changed", _("Plant changed")
        PLANT_SUSPENDED = "plant_suspended", _("Plant suspended")
        PLANT_RESUMED = "plant_resumed", _("Plant resumed")
        PLANT_EXPORTED = "plant_exported", _("Plant exported")
        PLANT_DELETED = "plant_deleted", _("Plant deleted")
        PLANT_BACKED_UP = "plant_backed_up", _("Plant backed up")
        PLANT_RESTORED = "plant_restored", _("Plant restored")
        CORPORATE_VIEWED = "corporate_viewed", _("Corporate summary viewed")
        CONFIGURED = "configured", _("Configuration changed")

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=30, choices=Action)
    user_id = models.BigIntegerField(null=True, blank=True)
    user_label = models.CharField(max_length=320, blank=True)
    tenant_id = models.CharField(max_length=63, blank=True)
    about = models.CharField(max_length=400, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("tenant_id", "-at"), name="accesslog_of_plant"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_label} {self.get_action_display()}"
