"""What the demo tells: `.amis/demo.json` for programs, the last lines for people."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from amis.environment import Environment
from amis.stack import paths
from amis.stack.console import Console
from amis.stack.install import Installation
from amis.stack.services import PLANTS
from amis.stack.supervisor import Service


def write_demo_file(
    *,
    facts: Mapping[str, Any],
    installation: Installation,
    settings: Environment,
    services: Mapping[str, Service],
    ready_s: float | None,
) -> None:
    """Rewrite `.amis/demo.json` at once. `facts` are what `make_demo_plants` printed."""
    tenants = []
    for tenant in facts["tenants"]:
        label = tenant["tenant_id"].replace("_", "-")
        place = f"{label}.{settings.base_domain}:{settings.port}"
        urls = {"url": f"http://{place}", "ws_url": f"ws://{place}/ws"}
        tenants.append({name: tenant[name] for name in ("tenant_id", "timezone")} | urls)
    paths.write_json(
        paths.DEMO,
        {
            "base_url": f"http://{settings.base_domain}:{settings.port}",
            "tenants": tenants,
            "users": facts["users"],
            "tokens": facts["tokens"],
            "services": _services(services),
            "database": {
                "runtime_url": settings.database.runtime_url,
                "owner_url": settings.database.owner_url,
            },
            "valkey_url": settings.redis_url,
            "opcua": [
                {
                    "tenant_id": tenant_id,
                    "url": f"opc.tcp://127.0.0.1:{installation.plc_ports[name]}/freeopcua/server/",
                    "username": "amis",
                    "password": installation.plc_password,
                }
                for name, (tenant_id, _, _) in PLANTS.items()
            ],
            "mail_dir": str(paths.MAIL),
            "reports_dir": str(paths.REPORTS),
            "log_dir": str(paths.LOGS),
            "ready_s": None if ready_s is None else round(ready_s, 1),
        },
    )


def farewell(console: Console, demo: Mapping[str, Any]) -> None:
    """Addresses, logins by role, a line for curl, and what to do next."""
    console.plain()
    console.plain(f"AMIS is ready after {demo['ready_s']} s. Everything in it is simulated.")
    console.plain()
    for tenant in demo["tenants"]:
        console.plain(f"  {tenant['url']}/   {tenant['timezone']}")
    console.plain(f"  {demo['base_url']}/   choose a plant; API: /api/docs/")
    console.plain()
    for user in demo["users"]:
        console.plain(f"  {user['email']:22} {user['password']:20} {_roles(user)}")
    token = demo["tokens"][0]
    console.plain()
    console.plain(
        f'  curl -H "Authorization: Token {token["token"]}" '
        f'"{demo["base_url"]}/api/tenants/{token["tenant_id"]}/kpis?days=7"'
    )
    console.plain()
    console.plain("Next: sign in as alice. Ctrl-C stops everything; data are kept.")


def _services(services: Mapping[str, Service]) -> dict[str, Any]:
    entries: dict[str, Any] = {
        "supervisor": {"pid": os.getpid(), "log": str(paths.LOGS / "setup.log"), "restarts": 0}
    }
    for name, service in services.items():
        pid = service.process.pid if service.process and service.is_running else None
        entries[name] = {"pid": pid, "log": str(service.log), "restarts": service.restarts}
    return entries


def _roles(user: Mapping[str, Any]) -> str:
    words = [f"{role} of {tenant_id}" for tenant_id, role in user["roles"].items()]
    words += ["corporate viewer"] if user["corporate"] else []
    words += ["platform administrator"] if user["admin"] else []
    return ", ".join(words)
