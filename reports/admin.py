"""When the daily report is made, as an admin page; it is changed where the reports are."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from reports.models import ReportSchedule
from tenants.admin import PlantModelAdmin, ReadOnly, site


@admin.register(ReportSchedule, site=site)
class ReportScheduleAdmin(ReadOnly, PlantModelAdmin):
    list_display = ("__str__", "enabled", "time", "weekdays", "formats", "change_it")
    readonly_fields = ("change_it",)

    @admin.display(description=_("To change it"))
    def change_it(self, obj: Any) -> SafeString:
        return format_html('<a href="/reports/">{}</a>', _("Reports"))
