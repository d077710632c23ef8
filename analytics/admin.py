"""The plant's targets and its choices about predictions as admin pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from analytics.models import Preferences, Target
from analytics.selectors.answers import answers_changed
from production.admin.forms import PlainForm
from tenants.admin import PlantModelAdmin, site


@admin.register(Target, site=site)
class TargetAdmin(PlantModelAdmin):
    """A new aim is a new row with the day from which it counts, so that the past keeps its own."""

    form = PlainForm
    list_display = ("metric", "machine", "valid_from", "value")
    list_filter = ("metric", "machine")
    list_select_related = ("machine",)


@admin.register(Preferences, site=site)
class PreferencesAdmin(PlantModelAdmin):
    """One row: it can be made once and changed, not deleted."""

    list_display = ("__str__", "risk_medium", "risk_high", "risk_critical", "alarms_a_week")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Preferences.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        obj.pk = 1
        super().save_model(request, obj, form, change)
        answers_changed()
