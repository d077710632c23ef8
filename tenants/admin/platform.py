"""Hosts of plants, the work that Beat orders, and the access log as the platform's admin pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask

from tenants.admin.platform_page import SharedModelAdmin
from tenants.admin.site import ReadOnly, site
from tenants.models import AccessLog, Domain
from tenants.selectors import host_without_port, is_base_host

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?!.{{254}}){LABEL}(\.{LABEL})*")


class DomainForm(forms.ModelForm):
    class Meta:
        model = Domain
        fields = ("domain", "tenant")

    def clean_domain(self) -> str:
        host = self.cleaned_data["domain"].lower()
        if not HOST.fullmatch(host):
            raise ValidationError(_("A host name without scheme, port and path: oslo.example.com"))
        own = host_without_port(settings.BASE_DOMAIN)
        if is_base_host(host) or host.endswith(f".{own}"):
            raise ValidationError(
                _("%(host)s and the hosts below it are given by ids of plants.") % {"host": own}
            )
        return host


@admin.register(Domain, site=site)
class DomainAdmin(SharedModelAdmin):
    """More hosts on which a plant answers; the one that its id gives it stays."""

    form = DomainForm
    list_display = ("domain", "tenant", "is_primary")
    list_select_related = ("tenant",)
    search_fields = ("domain",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        obj.is_primary = False
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_primary)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_primary)


@admin.register(PeriodicTask, site=site)
class ScheduleAdmin(ReadOnly, SharedModelAdmin):
    """What Beat orders and when; the code says it, no form does."""

    fields = ("name", "task", "when", "enabled", "last_run_at", "total_run_count", "description")
    list_display = ("name", "task", "when", "enabled", "last_run_at", "total_run_count")
    list_filter = ("enabled",)
    list_select_related = ("interval", "crontab", "solar", "clocked")

    @admin.display(description=_("Schedule"))
    def when(self, obj: PeriodicTask) -> str:
        return str(obj.scheduler)


@admin.register(AccessLog, site=site)
class AccessLogAdmin(ReadOnly, SharedModelAdmin):
    """Who did what in which plant, newest first. Nobody changes a line, here or elsewhere."""

    list_display = ("at", "action", "user_label", "tenant_id", "about", "address")
    list_filter = ("action", "tenant_id", "at")
    date_hierarchy = "at"
    search_fields = ("user_label", "tenant_id", "about", "request_id")
    show_full_result_count = False
