"""Plants as the platform's admin page: made, renamed, taken out of service, and ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from amis.errors import AmisError, Conflict, Invalid, SourceUnavailable
from production.admin.plant_forms import EndForm, NewPlantForm, PlantForm, tell
from production.orders import order_end, order_plant
from tenants.admin import SharedModelAdmin, site
from tenants.models import AccessLog, Tenant
from tenants.services.audit import note
from tenants.services.plants import change_tenant, resume, suspend

LIST = "admin:tenants_tenant_changelist"


@admin.register(Tenant, site=site)
class TenantAdmin(SharedModelAdmin):
    """Making and ending go the way of the API: the provision worker does it and the page waits, so
    neither runs inside a transaction of this request.
    """

    form = PlantForm
    list_display = ("tenant_id", "tenant_name", "plant_location", "timezone", "status", "way_in")
    list_filter = ("status",)
    fields = ("schema_name", "tenant_name", "plant_location", "timezone", "status", "way_in")
    readonly_fields = ("schema_name", "timezone", "status", "way_in")
    search_fields = ("schema_name", "tenant_name")
    actions = ("suspend", "resume")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Several plants at once are never ended."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.display(description=_("Way in"))
    def way_in(self, obj: Tenant) -> str:
        if obj.status != Tenant.Status.ACTIVE:
            return "–"
        return format_html('<a href="/accounts/go/{}/">{}</a>', obj.tenant_id, _("Open"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewPlantForm(request.POST or None)
        if form.is_valid() and self._is_ordered(request, form):
            return redirect(LIST)
        fields = AdminForm(form, [(None, {"fields": list(form.fields)})], {}, (), self)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add plant"),
            "adminform": fields,
            "errors": AdminErrorList(form, []),
            "media": self.media + fields.media,
            "inline_admin_formsets": [],
            "original": None,
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        return self.render_change_form(request, context, add=True)

    def _is_ordered(self, request: HttpRequest, form: NewPlantForm) -> bool:
        """False with the reason at its field, where there is nothing to wait for."""
        try:
            tenant = order_plant(values=form.cleaned_data, user=request.user)
        except Conflict as error:
            form.add_error("tenant_id", error.message)
            return False
        except Invalid as error:
            tell(form, error)
            return False
        except SourceUnavailable as error:
            messages.warning(request, error.message)
            return True
        self.log_addition(request, tenant, [{"added": {}}])
        messages.success(request, _("Ready: %(plant)s.") % {"plant": tenant.tenant_name})
        return True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        change_tenant(obj, values={name: form.cleaned_data[name] for name in form.fields})
        note(AccessLog.Action.PLANT_CHANGED, user=request.user, tenant_id=obj.tenant_id)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Asks for the plant's id, so that no other plant is meant."""
        tenant = self.get_object(request, object_id)
        if tenant is None:
            raise Http404
        if not self.has_delete_permission(request, tenant):
            raise PermissionDenied
        form = EndForm(request.POST or None, tenant_id=tenant.tenant_id)
        if form.is_valid():
            try:
                order_end(tenant, user=request.user)
                messages.success(request, _("Gone: %(plant)s.") % {"plant": tenant.tenant_id})
            except SourceUnavailable as error:
                messages.warning(request, error.message)
            return redirect(LIST)
        context = self.admin_site.each_context(request)
        context |= {"title": _("End the plant"), "opts": self.opts, "form": form, "object": tenant}
        return TemplateResponse(request, "admin/end_plant.html", context)

    @admin.action(description=_("Suspend the selected plants"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        self._each(request, queryset, suspend, AccessLog.Action.PLANT_SUSPENDED)

    @admin.action(description=_("Put the selected plants back into service"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        self._each(request, queryset, resume, AccessLog.Action.PLANT_RESUMED)

    def _each(
        self,
        request: HttpRequest,
        plants: QuerySet[Tenant],
        put: Callable[[Tenant], Tenant],
        action: AccessLog.Action,
    ) -> None:
        for tenant in plants:
            try:
                with transaction.atomic():
                    put(tenant)
                    note(action, user=request.user, tenant_id=tenant.tenant_id)
                messages.success(request, f"{tenant.get_status_display()}: {tenant.tenant_id}")
            except AmisError as error:
                messages.error(
                    request,
                    _("Of %(plant)s: %(why)s") % {"plant": tenant.tenant_id, "why": error.message},
                )

    def note(self, request: HttpRequest, what: str, obj: Any, message: Any) -> None:
        """Each of these has an action of its own in the access log."""
