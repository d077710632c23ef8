"""What the OpenAPI document shows: every route once, again in its path form, and how it refuses."""

from __future__ import annotations

import copy
from typing import Any

API = "/api/"
PATH_FORM = "/api/tenants/{tenant_id}/"
NOT_OF_A_PLANT = (
    "/api/health",
    "/api/tenants/",
    "/api/corporate/",
    "/api/users/{user_id}/tenants",
)
# These act on the plant as a whole and have this one form.
OF_THE_PLANT_ITSELF = frozenset(PATH_FORM + name for name in ("suspend", "resume", "export"))
TENANT_PARAMETER = {
    "in": "path",
    "name": "tenant_id",
    "required": True,
    "schema": {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,47}$"},
    "description": "The plant.",
}

ERROR = {
    "type": "object",
    "required": ["code", "message", "extra"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string", "description": "For people: what is wrong, what to do."},
        "extra": {
            "type": "object",
            "additionalProperties": True,
            "description": "For programs: `errors` lists row, field and message of a 400.",
        },
    },
}
REFUSAL = {
    "description": "400 invalid, 401 not signed in, 403 role too low, 404 unknown or foreign, …",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}

Endpoint = tuple[str, str, str, Any]


def keep_one_form(endpoints: list[Endpoint], **_: Any) -> list[Endpoint]:
    """Drop the forms with a slash at the end and the path form, which `add_path_form` adds."""
    return [
        endpoint
        for endpoint in endpoints
        if not endpoint[0].endswith("/")
        and (endpoint[0] in OF_THE_PLANT_ITSELF or not endpoint[0].startswith(PATH_FORM))
    ]


def add_error_shape(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation refuses in the same shape."""
    result["components"].setdefault("schemas", {})["Error"] = copy.deepcopy(ERROR)
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = copy.deepcopy(REFUSAL)
    return result


def add_path_form(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Clone every route of a plant as /api/tenants/{tenant_id}/…, with its own operation ids."""
    paths = result["paths"]
    for path in [p for p in paths if p.startswith(API) and not p.startswith(NOT_OF_A_PLANT)]:
        clone = copy.deepcopy(paths[path])
        for operation in clone.values():
            operation["operationId"] = f"tenant_{operation['operationId']}"
            operation["parameters"] = [dict(TENANT_PARAMETER), *operation.get("parameters", [])]
        paths[PATH_FORM + path.removeprefix(API)] = clone
    result["paths"] = dict(sorted(paths.items()))
    return result
