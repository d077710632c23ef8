"""Accounts, and the roles that people have in plants, as the platform's admin pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tenants import live
from tenants.admin.platform_page import OfPlatform, SharedModelAdmin
from tenants.admin.site import site, told
from tenants.models import AccessLog, Membership, Role, User
from tenants.permissions import Place
from tenants.selectors import active_schemas
from tenants.services.audit import note
from tenants.services.members import Access, change_role, grant_access, revoke_access

OWN_RIGHTS = ("is_active", "is_superuser")


class OneOfAName(forms.ModelForm):
    """Accounts are found by name and address whatever the case, so each may stand only once."""

    def clean_email(self) -> str:
        return self._only("email", self.cleaned_data["email"].lower())

    def clean_username(self) -> str:
        return self._only("username", self.cleaned_data["username"])

    def _only(self, field: str, value: str) -> str:
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(**{f"{field}__iexact": value}).exists():
            raise ValidationError(
                _("An account with this %(field)s exists already.") % {"field": field}
            )
        return value


class NewUserForm(OneOfAName, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "email")


class UserForm(OneOfAName):
    """Who changes it is put in by the page: nobody locks himself out."""

    changed_by: User | None = None

    class Meta:
        model = User
        fields = (
            *("username", "email", "first_name", "last_name"),
            *("is_active", "is_corporate", "is_superuser"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.changed_by == self.instance:
            for field in OWN_RIGHTS:
                if not cleaned.get(field):
                    self.add_error(field, _("Nobody takes this from himself; ask another one."))
        return cleaned


@admin.register(User, site=site)
class PersonAdmin(OfPlatform, UserAdmin):
    """Accounts; which plant each may enter is a membership. One that is over is made inactive."""

    form, add_form = UserForm, NewUserForm
    list_display = ("username", "email", "is_active", "is_corporate", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "is_corporate")
    search_fields = ("username", "email", "first_name", "last_name")
    ordering = ("username",)
    filter_horizontal = ()
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "email", "password_is")}),
        (_("Name"), {"fields": ("first_name", "last_name")}),
        (_("Rights"), {"fields": ("is_active", "is_corporate", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("password_is", "last_login", "date_joined")
    add_fieldsets = (
        (None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),
    )

    @admin.display(description=_("Password"))
    def password_is(self, obj: User) -> str:
        link = reverse("admin:auth_user_password_change", args=(obj.pk,))
        word = _("Set") if obj.has_usable_password() else _("None: nobody can sign in with it")
        return format_html('{} · <a href="{}">{}</a>', word, link, _("Set another one"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> type:
        form = super().get_form(request, obj, **kwargs)
        form.changed_by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_model(request, obj, form, change)
        if change:
            transaction.on_commit(lambda: _doubt(obj.pk))

    def note(self, request: HttpRequest, what: str, obj: User, message: Any) -> None:
        about = told(what, f"account {obj.email}", message)
        if about.endswith(": password"):
            note(AccessLog.Action.PASSWORD_CHANGED, user=request.user, about=obj.email)
        else:
            note(AccessLog.Action.CONFIGURED, user=request.user, about=about)


@admin.register(Membership, site=site)
class MembershipAdmin(SharedModelAdmin):
    """Whoever is to have another role gets it here; person and plant of a row stay."""

    fields = list_display = ("user", "tenant", "role")
    list_filter = ("tenant", "role")
    search_fields = ("user__email", "user__username")
    list_select_related = ("user", "tenant")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "tenant") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Who has no password yet is invited by mail, as from the plant's own page."""
        place, user = Place(obj.tenant, Role.ADMIN), obj.user
        if change:
            change_role(place=place, by=request.user, user_id=user.username, role=obj.role)
            return
        access = Access(user.username, user.get_full_name(), user.email, obj.role)
        grant_access(place=place, by=request.user, access=access)
        obj.pk = Membership.objects.get(user=user, tenant=obj.tenant).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        place = Place(obj.tenant, Role.ADMIN)
        revoke_access(place=place, by=request.user, user_id=obj.user.username)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for one in queryset:
            self.delete_model(request, one)

    def note(self, request: HttpRequest, what: str, obj: Membership, message: Any) -> None:
        """The services have written it down."""


def _doubt(user_id: int) -> None:
    """Open pages of who may have lost a right ask again for it."""
    for schema in active_schemas():
        live.doubt(schema, user_id)
