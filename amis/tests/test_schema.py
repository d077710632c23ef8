"""The OpenAPI document: it warns of nothing and shows every route of a plant in two forms."""

from __future__ import annotations

import json

from django.core.management import call_command

from amis.schema import REFUSALS
from amis.tests.calls import CALLS


def test_the_schema_is_clean_and_shows_every_plant_route_twice(tmp_path):
    file = tmp_path / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json",
                 "--file", str(file))  # fmt: skip
    paths = json.loads(file.read_text())["paths"]
    for call in CALLS:
        assert call.method in paths[call.route]
        assert call.method in paths[call.route.replace("/api/", "/api/tenants/{tenant_id}/")]
        assert set(paths[call.route][call.method]["responses"]) >= set(REFUSALS)
    ids = [op["operationId"] for path in paths.values() for op in path.values()]
    assert len(ids) == len(set(ids))
