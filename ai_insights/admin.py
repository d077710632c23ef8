"""What a plant's lost minutes and scrap cost as an admin page."""

from __future__ import annotations

from django.contrib import admin

from ai_insights.models import Cost
from production.admin.forms import PlainForm
from tenants.admin import PlantModelAdmin, site


@admin.register(Cost, site=site)
class CostAdmin(PlantModelAdmin):
    """A new price is a new row with the day from which it counts."""

    form = PlainForm
    list_display = ("__str__", "currency", "minute_low", "minute_high", "scrap_low", "scrap_high")
    list_filter = ("machine",)
    list_select_related = ("machine",)
