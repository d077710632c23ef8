"""What a plant's lost minutes and scrap cost, and who writes its insights, as admin pages."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from ai_insights.models import Cost, WriterChoice
from production.admin.forms import PlainForm
from tenants.admin import OneRowAdmin, PlantModelAdmin, site
from tenants.permissions import Action


@admin.register(Cost, site=site)
class CostAdmin(PlantModelAdmin):
    """A new price is a new row with the day from which it counts."""

    form = PlainForm
    list_display = ("__str__", "currency", "minute_low", "minute_high", "scrap_low", "scrap_high")
    list_filter = ("machine",)
    list_select_related = ("machine",)


@admin.register(WriterChoice, site=site)
class WriterChoiceAdmin(OneRowAdmin):
    """Whether facts may leave the house, which a manager answers for."""

    list_display = ("__str__", "asks_model")

    def is_allowed(self, request: HttpRequest) -> bool:
        return request.place is not None and request.place.may(Action.CHOOSE_WRITER)
