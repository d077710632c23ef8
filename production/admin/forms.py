"""Forms of the plant's admin pages: the same rules as the equipment file, told beside the field."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from amis.errors import Invalid
from production.models import Connection, Machine, ShiftPattern, Signal
from production.services.equipment import (
    SECURITY_POLICIES,
    check_endpoint_url,
    check_machine_id,
    check_node,
    check_pattern,
    check_state_map,
    odd_character,
    read_certificate,
    same_cycle,
)

CONNECTION_COLUMNS = (
    "name",
    "endpoint_url",
    "security_mode",
    "security_policy",
    "username",
    "password",
    "password_env",
    "publishing_interval_ms",
    "state_map",
    "simulated",
    "enabled",
)


class PlainForm(forms.ModelForm):
    """Refuses control characters in every text, naming the field."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            odd = odd_character(value) if isinstance(value, str) else None
            if odd and not isinstance(self.fields[name].widget, forms.Textarea):
                self.add_error(
                    name,
                    _("%(field)s holds the control character %(odd)s.")
                    % {"field": name, "odd": odd},
                )
        return cleaned

    def _tell(self, check: Callable[..., Any], value: Any) -> Any:
        try:
            return check(value)
        except Invalid as error:
            raise ValidationError(error.message) from error


class ConnectionForm(PlainForm):
    security_policy = forms.ChoiceField(
        required=False, choices=[("", _("None")), *((name, name) for name in SECURITY_POLICIES)]
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Never shown. Empty: the stored one stays."),
    )
    certificate = forms.FileField(
        required=False,
        help_text=_("The server's certificate, DER or PEM; it is trusted from then on."),
    )

    class Meta:
        model = Connection
        fields = CONNECTION_COLUMNS
        widgets = {"endpoint_url": forms.TextInput(attrs={"size": 80})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored_password = self.instance.password

    def stored_fields(self) -> list[str]:
        """The columns that this form writes; no others, because a worker writes those."""
        return [*CONNECTION_COLUMNS, "server_certificate"]

    def clean_endpoint_url(self) -> str:
        url = self.cleaned_data["endpoint_url"]
        self._tell(check_endpoint_url, url)
        return url

    def clean_state_map(self) -> dict[str, str]:
        mapping = self.cleaned_data["state_map"] or {}
        if not isinstance(mapping, dict):
            raise ValidationError(_('Give codes and states, as {"10": "Execute"}.'))
        return self._tell(check_state_map, mapping)

    def clean_password_env(self) -> str:
        name = self.cleaned_data["password_env"]
        if name and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ValidationError(_("This names no environment variable."))
        return name

    def clean_certificate(self) -> bytes | None:
        file = self.cleaned_data["certificate"]
        return self._tell(read_certificate, file.read(100_000)) if file else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        secure = cleaned.get("security_mode") != Connection.SecurityMode.NONE
        if secure and not cleaned.get("security_policy"):
            cleaned["security_policy"] = SECURITY_POLICIES[0]
        elif not secure and cleaned.get("security_policy"):
            self.add_error(
                "security_policy", _("A policy needs the mode Sign or Sign and encrypt.")
            )
        if cleaned.get("password") and cleaned.get("password_env"):
            self.add_error("password_env", _("Give a password or a variable that holds one."))
        elif not cleaned.get("password") and not cleaned.get("password_env"):
            cleaned["password"] = self._stored_password
        if cleaned.get("certificate"):
            self.instance.server_certificate = cleaned["certificate"]
        return cleaned


class MachineForm(PlainForm):
    class Meta:
        model = Machine
        fields = (
            "machine_id",
            "machine_name",
            "machine_type",
            "line",
            "position",
            "capacity",
            "ideal_cycle_s",
            "shift_pattern",
            "connection",
            "minor_stop_s",
            "active",
            "metadata",
        )

    def clean_machine_id(self) -> str:
        self._tell(check_machine_id, self.cleaned_data["machine_id"])
        return self.cleaned_data["machine_id"]

    def clean_metadata(self) -> dict[str, Any]:
        metadata = self.cleaned_data["metadata"] or {}
        if not isinstance(metadata, dict):
            raise ValidationError(_('Give keys and values, as {"maker": "…"}.'))
        return metadata

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        capacity, ideal = cleaned.get("capacity"), cleaned.get("ideal_cycle_s")
        for name, value in (("capacity", capacity), ("ideal_cycle_s", ideal)):
            if value is not None and value <= 0:
                self.add_error(name, _("%(field)s must be more than 0.") % {"field": name})
                return cleaned
        if capacity and ideal and not same_cycle(capacity=capacity, ideal_cycle_s=ideal):
            self.add_error(
                "ideal_cycle_s", _("This does not agree with capacity; give one of them.")
            )
        return cleaned


class SignalForm(PlainForm):
    class Meta:
        model = Signal
        fields = (
            "machine",
            "name",
            "role",
            "node",
            "unit",
            "sampling_ms",
            "queue_size",
            "counter_bits",
            "min_value",
            "max_value",
            "forecast",
        )

    def clean_node(self) -> str:
        self._tell(check_node, self.cleaned_data["node"])
        return self.cleaned_data["node"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        low, high = cleaned.get("min_value"), cleaned.get("max_value")
        if low is not None and high is not None and low >= high:
            self.add_error("max_value", _("max must be more than min."))
        if cleaned.get("forecast") and cleaned.get("role") != Signal.Role.PROCESS:
            self.add_error("forecast", _("Only a process value is forecast."))
        return cleaned


class ShiftPatternForm(PlainForm):
    class Meta:
        model = ShiftPattern
        fields = ("name", "days", "shifts", "breaks")
        help_texts = {
            "days": '["mon", "tue", …]',
            "shifts": _('[{"name": "Day", "start": "06:00", "end": "14:00"}, …] in plant time'),
            "breaks": '[{"start": "10:00", "end": "10:30"}, …]',
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        cleaned["breaks"] = cleaned["breaks"] or []
        _check_shape(cleaned["days"], None)
        _check_shape(cleaned["shifts"], {"name", "start", "end"})
        _check_shape(cleaned["breaks"], {"start", "end"})
        parts = {name: cleaned[name] for name in ("days", "shifts", "breaks")}
        self._tell(lambda pattern: check_pattern(**pattern), parts)
        return cleaned


def _check_shape(value: Any, keys: set[str] | None) -> None:
    """A list of words, or of objects with exactly these keys and text behind them."""
    if not isinstance(value, list):
        raise ValidationError(_("days, shifts and breaks are lists."))
    for one in value:
        words = [one] if keys is None else [*one.values()] if isinstance(one, dict) else [None]
        if not all(isinstance(word, str) and not odd_character(word) for word in words):
            raise ValidationError(
                _("%(value)r is not of the form shown below the field.") % {"value": one}
            )
        if keys is not None and set(one) != keys:
            raise ValidationError(
                _("%(value)r needs exactly the keys %(keys)s.")
                % {"value": one, "keys": ", ".join(sorted(keys))}
            )
