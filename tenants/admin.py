"""The admin: on a plant's host its equipment, on the base host plants, hosts and people."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from tenants.models import Domain, Membership, Tenant, User
from tenants.permissions import Action

log = logging.getLogger(__name__)
# These pages read accounts, sessions and content types, which a plant's role cannot.
NOT_IN_A_PLANT = frozenset({"password_change", "password_change_done", "logout", "view_on_site"})


class AmisAdmin(AdminSite):
    """One site with two faces: what it shows depends on whether the request is in a plant."""

    site_title = site_header = "AMIS"
    index_title = "Configuration"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        if request.place is None:
            return bool(request.user.is_active and request.user.is_superuser)
        return request.place.may(Action.CONFIGURE)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - Django's signature
        """The door knows who asks; without the right it is 403, not a second sign-in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied
            if request.place is not None and request.resolver_match.url_name in NOT_IN_A_PLANT:
                raise Http404
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one page for that, which asks as it must and writes it down."""
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        get_adapter().logout(request)
        return redirect("account_login")


site = AmisAdmin(name="admin")


class _Allowed:
    """All rights of a page hang on one question."""

    def is_allowed(self, request: HttpRequest) -> bool:
        raise NotImplementedError

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)


class PlantModelAdmin(_Allowed, ModelAdmin):
    """Rows of the plant in which the request is; for engineers and above.

    It runs under the plant's database role and so keeps away from shared tables: what was done goes
    to the log file instead of `django_admin_log`.
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
        self._note(request, "added", obj)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        self._note(request, "changed", obj)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self._note(request, "deleted", obj)

    def _note(self, request: HttpRequest, what: str, obj: Model) -> None:
        kind = obj._meta.verbose_name
        log.info("%s %s the %s %s", request.user.username, what, kind, obj.pk)


class SharedModelAdmin(_Allowed, ModelAdmin):
    """Rows of the public schema; on the base host, for platform administrators."""

    def is_allowed(self, request: HttpRequest) -> bool:
        return request.place is None and request.user.is_active and request.user.is_superuser


class TenantAdmin(SharedModelAdmin):
    """Plants are made by `create_tenant`, because that needs the owner's login."""

    list_display = ("tenant_id", "tenant_name", "plant_location", "timezone", "status")
    fields = ("schema_name", "tenant_name", "plant_location", "timezone", "status")
    readonly_fields = ("schema_name", "timezone", "status")
    search_fields = ("schema_name", "tenant_name")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class DomainAdmin(SharedModelAdmin):
    list_display = ("domain", "tenant", "is_primary")


class MembershipAdmin(SharedModelAdmin):
    list_display = ("user", "tenant", "role")
    list_filter = ("tenant", "role")
    search_fields = ("user__email", "user__username")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "tenant")


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "email")


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class PersonAdmin(_Allowed, UserAdmin):
    """Accounts; which plant each may enter is a membership."""

    form, add_form = UserForm, NewUserForm
    list_display = ("username", "email", "first_name", "last_name", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser", "is_corporate")
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "email", "password")}),
        ("Name", {"fields": ("first_name", "last_name")}),
        ("Rights", {"fields": ("is_active", "is_corporate", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = (
        (None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),
    )

    def is_allowed(self, request: HttpRequest) -> bool:
        return request.place is None and request.user.is_active and request.user.is_superuser


site.register(Tenant, TenantAdmin)
site.register(Domain, DomainAdmin)
site.register(Membership, MembershipAdmin)
site.register(User, PersonAdmin)


class OneRowAdmin(PlantModelAdmin):
    """A table of one row: it can be made once and changed, not deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not self.model._default_manager.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        obj.pk = 1
        super().save_model(request, obj, form, change)
