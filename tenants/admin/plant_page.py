"""What every page of the admin on a plant's host has in common."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from tenants.admin.site import Allowed, told
from tenants.models import AccessLog
from tenants.permissions import Action
from tenants.services.audit import note


class PlantModelAdmin(Allowed, ModelAdmin):
    """Rows of the plant in which the request is; for engineers and above.

    It runs under the plant's database role and so keeps away from shared tables: what was done goes
    to the access log instead of `django_admin_log`.
    """

    view_on_site = False

    def is_allowed(self, request: HttpRequest) -> bool:
        return request.place is not None and request.place.may(Action.CONFIGURE)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Model | None = None,
    ) -> HttpResponse:
        """As Django's, but without a look into django_content_type; these pages have no inlines."""
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        context |= {
            "add": add,
            "change": change,
            "has_view_permission": self.has_view_permission(request, obj),
            "has_add_permission": self.has_add_permission(request),
            "has_change_permission": self.has_change_permission(request, obj),
            "has_delete_permission": self.has_delete_permission(request, obj),
            "has_editable_inline_admin_formsets": False,
            "has_file_field": context["adminform"].form.is_multipart(),
            "has_absolute_url": False,
            "form_url": add_preserved_filters(filters, form_url),
            "opts": self.opts,
            "save_as": self.save_as,
            "save_on_top": self.save_on_top,
            "to_field_var": TO_FIELD_VAR,
            "is_popup_var": IS_POPUP_VAR,
            "app_label": self.opts.app_label,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/change_form.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        raise Http404

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        self._note(request, "added", obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        self._note(request, "changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self._note(request, "deleted", obj, ())

    def _note(self, request: HttpRequest, what: str, obj: Model, message: Any) -> None:
        """By number: what the plant calls its things leaves with the plant."""
        name = f"{obj._meta.verbose_name} {obj.pk}"
        tenant_id = request.place.tenant.tenant_id
        about = told(what, name, message)
        note(AccessLog.Action.CONFIGURED, user=request.user, tenant_id=tenant_id, about=about)


class OneRowAdmin(PlantModelAdmin):
    """A table of one row: it can be made once and changed, not deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not self.model._default_manager.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        obj.pk = 1
        super().save_model(request, obj, form, change)
