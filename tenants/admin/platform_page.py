"""What every page of the admin on the base host has in common."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest

from tenants.admin.site import Allowed, is_platforms, told
from tenants.models import AccessLog
from tenants.services.audit import note


class OfPlatform(Allowed):
    """On the base host, for platform administrators; what was done goes to the access log too."""

    view_on_site = False

    def is_allowed(self, request: HttpRequest) -> bool:
        return request.place is None and is_platforms(request)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        super().log_addition(request, obj, message)
        self.note(request, "added", obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        super().log_change(request, obj, message)
        self.note(request, "changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        super().log_deletions(request, queryset)
        for obj in queryset:
            self.note(request, "deleted", obj, ())

    def note(self, request: HttpRequest, what: str, obj: Any, message: Any) -> None:
        """By number, and with the id of the plant that it is of."""
        tenant = getattr(obj, "tenant", None)
        note(
            AccessLog.Action.CONFIGURED,
            user=request.user,
            tenant_id=tenant.tenant_id if tenant else "",
            about=told(what, f"{obj._meta.verbose_name} {obj.pk}", message),
        )


class SharedModelAdmin(OfPlatform, ModelAdmin):
    """Rows of the public schema."""
