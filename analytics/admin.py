"""The plant's targets and its choices about predictions as admin pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from analytics.models import Preferences, Target
from analytics.selectors.answers import answers_changed
from production.admin.forms import PlainForm
from tenants.admin import OneRowAdmin, PlantModelAdmin, site


@admin.register(Target, site=site)
class TargetAdmin(PlantModelAdmin):
    """A new aim is a new row with the day from which it counts, so that the past keeps its own."""

    form = PlainForm
    list_display = ("metric", "machine", "valid_from", "value")
    list_filter = ("metric", "machine")
    list_select_related = ("machine",)


@admin.register(Preferences, site=site)
class PreferencesAdmin(OneRowAdmin):
    """From which chance a risk is what, and how many false alarms there may be."""

    list_display = ("__str__", "risk_medium", "risk_high", "risk_critical", "alarms_a_week")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_model(request, obj, form, change)
        answers_changed()
