"""What the OpenAPI document says about an answer; a key that it does not name is a fault too."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator


@cache
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def faults(route: str, method: str, status: int, body: Any) -> list[str]:
    """Where `body` is not what the document promises for this answer."""
    answer = document()["paths"][route][method]["responses"][str(status)]
    if "$ref" in answer:
        answer = document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = _closed(answer["content"]["application/json"]["schema"])
    whole = {**schema, "components": _closed(document()["components"])}
    found = Draft202012Validator(whole).iter_errors(body)
    return [f"{error.json_path}: {error.message}" for error in found]


def _closed(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema, with every object complete."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(value) for name, value in schema.items()}
    if closed.pop("nullable", False):
        closed = {"anyOf": [closed, {"type": "null"}]}
    if isinstance(schema.get("properties"), dict):
        closed.setdefault("additionalProperties", False)
    return closed
