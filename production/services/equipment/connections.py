"""Connections of the equipment file: address, security, password, the vendor's state codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from amis.errors import Invalid
from production.models import Connection
from production.services.equipment import checks
from production.services.equipment.lined import Item
from production.services.equipment.rows import Row

CONNECTION = (
    "name",
    "endpoint_url",
    "security_mode",
    "security_policy",
    "username",
    "password",
    "password_env",
    "server_certificate",
    "publishing_interval_ms",
    "state_map",
    "simulated",
    "enabled",
)
# OPC UA's own spelling of two of them has underscores.
POLICIES = ("None", *checks.SECURITY_POLICIES, "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss")


def connection_row(item: Item, *, folder: Path, endpoints: Mapping[str, str]) -> Row:
    name = item.text("name", required=True, longest=100)
    fields: dict[str, Any] = {
        "name": name,
        "endpoint_url": _endpoint(item, endpoints.get(name)),
        "username": item.text("username"),
        "publishing_interval_ms": item.whole(
            "publishing_interval_ms", default=500, lowest=10, highest=3_600_000
        ),
        "state_map": _state_map(item),
        "simulated": item.flag("simulated", default=False),
        **_security(item),
        **_password(item),
    }
    # What a person may have set on the pages stays unless the file says otherwise.
    if item.has("enabled"):
        fields["enabled"] = item.flag("enabled", default=True)
    if item.has("server_certificate"):
        fields["server_certificate"] = _certificate(item, folder)
    return Row(item.line, name, fields)


def _endpoint(item: Item, override: str | None) -> str:
    url = item.text("endpoint_url", required=True, longest=checks.MAX_URL_BYTES)
    url = override or url
    try:
        if url:
            checks.check_endpoint_url(url)
    except Invalid as error:
        item.fault("endpoint_url", error.message)
    return url


def _security(item: Item) -> dict[str, str]:
    mode = item.choice("security_mode", Connection.SecurityMode.values, default="None")
    policy = item.choice("security_policy", POLICIES, default="None").replace("_", "")
    if mode == "None" and policy != "None":
        item.fault("security_policy", f"security_policy {policy} needs Sign or SignAndEncrypt.")
    elif mode != "None" and policy == "None":
        if item.text("security_policy"):
            item.fault("security_policy", f"security_mode {mode} needs a security_policy.")
        policy = checks.SECURITY_POLICIES[0]
    return {"security_mode": mode, "security_policy": "" if policy == "None" else policy}


def _password(item: Item) -> dict[str, str]:
    """One of the two, and the other one emptied; neither: what is stored stays."""
    if not (item.has("password") or item.has("password_env")):
        return {}
    password, env = item.text("password", longest=500), item.text("password_env")
    if password and env:
        item.fault("password_env", "password and password_env exclude each other.")
    if env and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", env):
        item.fault("password_env", f"password_env: {env!r} names no environment variable.")
    if (password or env) and not item.has("username"):
        item.fault("password", "a password needs a username.")
    return {"password": password, "password_env": env}


def _certificate(item: Item, folder: Path) -> bytes | None:
    name = item.text("server_certificate", longest=4096)
    if not name:
        return None
    try:
        return checks.read_certificate((folder / name).read_bytes())
    except OSError as error:
        item.fault("server_certificate", f"server_certificate {name}: {error.strerror}.")
    except Invalid as error:
        item.fault("server_certificate", f"server_certificate {name}: {error.message}")
    return None


def _state_map(item: Item) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for line, code, state in item.pairs("state_map"):
        try:
            pair = checks.check_state_map({code: state})
        except Invalid as error:
            item.note(line, error.message)
            continue
        if pair.keys() & mapping.keys():
            item.note(line, f"state_map: the code {code} is there twice.")
        mapping |= pair
    return mapping
