"""Forms of the page of plants; the rules are those of the API, told beside the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from amis.errors import Invalid
from tenants.models import Tenant
from tenants.services.plants import ID_RULE, checked_change


class NewPlantForm(forms.Form):
    tenant_id = forms.CharField(
        strip=False,
        help_text=format_lazy(_("Names its host and stays for good: {rule}."), rule=ID_RULE),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocapitalize": "off"}),
    )
    tenant_name = forms.CharField(widget=forms.TextInput(attrs={"class": "vTextField"}))
    timezone = forms.CharField(
        initial="UTC",
        help_text=_("IANA, for example Europe/Paris. Its shifts and days go by it for good."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    plant_location = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"class": "vTextField"})
    )


class PlantForm(forms.ModelForm):
    class Meta:
        model = Tenant
        fields = ("tenant_name", "plant_location")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            return {**cleaned, **checked_change(cleaned)}
        except Invalid as error:
            tell(self, error)
            return cleaned


class EndForm(forms.Form):
    confirm = forms.CharField(
        label=_("Its id"),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, tenant_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant_id = tenant_id

    def clean_confirm(self) -> str:
        if self.cleaned_data["confirm"] != self.tenant_id:
            raise forms.ValidationError(
                _('Type "%(id)s", so that no other plant is meant.') % {"id": self.tenant_id}
            )
        return self.tenant_id


def tell(form: forms.Form | forms.ModelForm, error: Invalid) -> None:
    """Every fault beside its field."""
    for fault in error.extra["errors"]:
        form.add_error(fault["field"], fault["message"])
