"""The plant's equipment as admin pages; what changes here reaches the ingest worker."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from production import models
from production.admin.forms import (
    ConnectionForm,
    MachineForm,
    PlainForm,
    ShiftPatternForm,
    SignalForm,
)
from production.services.equipment import bump_revisions
from tenants.admin import PlantModelAdmin, ReadOnly, site


class Heard(PlantModelAdmin):
    """Rows that a connection's worker reads: saving or deleting one bumps the revision."""

    def connections_of(self, obj: Any) -> set[int | None]:
        raise NotImplementedError

    def _stored(self, obj: Any) -> Any:
        return self.model._default_manager.filter(pk=obj.pk).first()

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's signature
        before = self.connections_of(self._stored(obj)) if change else set()
        super().save_model(request, obj, form, change)
        bump_revisions(before | self.connections_of(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        before = self.connections_of(obj)
        super().delete_model(request, obj)
        bump_revisions(before)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        before = set().union(*(self.connections_of(obj) for obj in queryset))
        super().delete_queryset(request, queryset)
        bump_revisions(before)


@admin.register(models.Connection, site=site)
class ConnectionAdmin(Heard):
    form = ConnectionForm
    list_display = ("name", "endpoint_url", "enabled", "simulated", "status", "last_seen_at")
    readonly_fields = ("status", "status_detail", "last_seen_at", "trusted", "parked", "revision")
    actions = ("approve_certificate",)

    def connections_of(self, obj: Any) -> set[int | None]:
        return {obj.pk}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        if change:
            # The worker writes lease and status into the same row at any moment.
            obj.save(update_fields=form.stored_fields())
        else:
            obj.save()
        bump_revisions({obj.pk})

    @admin.display(description=_("Trusted certificate (SHA-256)"))
    def trusted(self, obj: Any) -> str:
        return _fingerprint(obj.server_certificate)

    @admin.display(description=_("Certificate that waits for approval (SHA-256)"))
    def parked(self, obj: Any) -> str:
        return _fingerprint(obj.parked_certificate)

    @admin.action(description=_("Trust the certificate that waits for approval"))
    def approve_certificate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        waiting = [one for one in queryset if one.parked_certificate]
        for one in waiting:
            models.Connection.objects.filter(pk=one.pk).update(
                server_certificate=one.parked_certificate, parked_certificate=None
            )
            self.log_change(request, one, [{"changed": {"fields": ["trusted certificate"]}}])
        bump_revisions(one.pk for one in waiting)
        messages.info(
            request,
            ngettext(
                "%(n)d certificate is trusted now.",
                "%(n)d certificates are trusted now.",
                len(waiting),
            )
            % {"n": len(waiting)},
        )


@admin.register(models.Machine, site=site)
class MachineAdmin(Heard):
    form = MachineForm
    list_display = ("machine_id", "machine_name", "machine_type", "line", "connection", "active")
    list_filter = ("line", "connection", "active")
    list_select_related = ("line", "connection")
    search_fields = ("machine_id", "machine_name")

    def connections_of(self, obj: Any) -> set[int | None]:
        return {obj.connection_id}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("machine_id",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A machine with a history is set inactive, not deleted."""
        has_past = obj is not None and (obj.records.exists() or obj.states.exists())
        return super().has_delete_permission(request, obj) and not has_past


@admin.register(models.Signal, site=site)
class SignalAdmin(Heard):
    form = SignalForm
    list_display = ("name", "machine", "role", "unit", "node", "status_text")
    list_filter = ("machine", "role")
    list_select_related = ("machine",)
    readonly_fields = ("status_text",)
    search_fields = ("name", "node", "machine__machine_id")

    def connections_of(self, obj: Any) -> set[int | None]:
        return {obj.machine.connection_id}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A signal with samples stays: they would belong to nothing."""
        has_past = obj is not None and models.Sample.objects.filter(signal=obj).exists()
        return super().has_delete_permission(request, obj) and not has_past


@admin.register(models.ShiftPattern, site=site)
class ShiftPatternAdmin(PlantModelAdmin):
    form = ShiftPatternForm


@admin.register(models.Line, site=site)
class LineAdmin(PlantModelAdmin):
    form = PlainForm
    list_display = ("name", "area")
    list_select_related = ("area",)


@admin.register(models.Area, site=site)
class AreaAdmin(PlantModelAdmin):
    form = PlainForm


@admin.register(models.PlantClosure, site=site)
class PlantClosureAdmin(PlantModelAdmin):
    form = PlainForm
    list_display = ("day", "name")


@admin.register(models.StopReason, site=site)
class StopReasonAdmin(PlantModelAdmin):
    form = PlainForm
    list_display = ("code", "name", "parent", "planned", "loss")
    list_select_related = ("parent",)


@admin.register(models.Job, site=site)
class JobAdmin(ReadOnly, PlantModelAdmin):
    """Long work, its end and its faults; who ordered it cancels it on the page of its kind."""

    list_display = ("kind", "state", "percent", "step", "user_label", "created_at", "finished_at")
    list_filter = ("state", "kind")
    exclude = ("user_id",)


def _fingerprint(certificate: Any) -> str:
    return hashlib.sha256(bytes(certificate)).hexdigest() if certificate else "none"
