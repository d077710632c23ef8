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
REFUSALS = {
    "400": "Invalid: `extra.errors` names row, field and fault.",
    "401": "Not signed in.",
    "403": "The role, or the token's scope, is too low; or the plant is suspended.",
    "404": "Unknown, or foreign, which answers the same.",
    "406": "An answer of this type is not to be had.",
    "409": "Conflict: taken, or changed or ended meanwhile.",
    "413": "Too large.",
    "415": "A body of this type is not understood.",
    "429": "Too many requests of the person or the plant, or wrong tokens from the address.",
    "503": "A part of AMIS does not answer now.",
}
"""Why an operation refuses, by status; no other refusal is given."""
WAIT = {"schema": {"type": "integer"}, "required": True, "description": "Seconds."}

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
    """Every operation refuses in the same shape, and only with the statuses that are named."""
    components = result["components"]
    components.setdefault("schemas", {})["Error"] = copy.deepcopy(ERROR)
    components["responses"] = {f"Refused{status}": _refusal(status) for status in REFUSALS}
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in REFUSALS:
                named = {"$ref": f"#/components/responses/Refused{status}"}
                operation["responses"].setdefault(status, named)
    return result


def _refusal(status: str) -> dict[str, Any]:
    waits = {"headers": {"Retry-After": dict(WAIT)}} if status in {"429", "503"} else {}
    shape = {"$ref": "#/components/schemas/Error"}
    content = {"application/json": {"schema": shape}}
    return {"description": REFUSALS[status], **waits, "content": content}


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
