"""What the OpenAPI document shows: every route once, and again in its path form."""

from __future__ import annotations

import copy
from typing import Any

API = "/api/"
PATH_FORM = "/api/tenants/{tenant_id}/"
NOT_OF_A_PLANT = frozenset({"/api/health", "/api/tenants/list"})
TENANT_PARAMETER = {
    "in": "path",
    "name": "tenant_id",
    "required": True,
    "schema": {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,47}$"},
    "description": "The plant.",
}

Endpoint = tuple[str, str, str, Any]


def keep_one_form(endpoints: list[Endpoint], **_: Any) -> list[Endpoint]:
    """Drop the forms with a slash at the end and the path form, which `add_path_form` adds."""
    return [
        endpoint
        for endpoint in endpoints
        if not endpoint[0].endswith("/") and not endpoint[0].startswith(PATH_FORM)
    ]


def add_path_form(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Clone every route of a plant as /api/tenants/{tenant_id}/…, with its own operation ids."""
    paths = result["paths"]
    for path in [p for p in paths if p.startswith(API) and p not in NOT_OF_A_PLANT]:
        clone = copy.deepcopy(paths[path])
        for operation in clone.values():
            operation["operationId"] = f"tenant_{operation['operationId']}"
            operation["parameters"] = [dict(TENANT_PARAMETER), *operation.get("parameters", [])]
        paths[PATH_FORM + path.removeprefix(API)] = clone
    result["paths"] = dict(sorted(paths.items()))
    return result
