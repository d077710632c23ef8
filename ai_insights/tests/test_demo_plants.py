"""The command that makes the demo's plants gives them targets and costs, each in its own money."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO

from django.core.management import call_command
from django_tenants.utils import tenant_context

from ai_insights.selectors.costs import costs_on
from analytics.models import Target
from analytics.selectors.targets import targets_on
from conftest import as_owner
from production.models import Machine


def _make(folder) -> dict:
    out = StringIO()
    with as_owner():
        call_command("make_demo_plants", secrets=folder / "secrets.json", stdout=out)
    return json.loads(out.getvalue())


def test_both_plants_begin_with_targets_and_costs_and_keep_what_is_changed(
    committed, tmp_path, chicago, lyon
):
    facts = _make(tmp_path)
    assert {one["tenant_id"] for one in facts["tenants"]} == {"plant_chicago", "plant_lyon"}
    today = datetime.now(UTC).date()
    for plant, money in ((chicago, "USD"), (lyon, "EUR")):
        with tenant_context(plant):
            packaging = Machine.objects.get(machine_id="M003")
            targets, costs = targets_on(today), costs_on(today)
            assert 0.8 < targets.of("oee").value < 0.9
            assert targets.of("oee", packaging).value < targets.of("oee").value
            assert costs.of().currency == costs.of(packaging).currency == money
    with tenant_context(chicago):
        Target.objects.filter(metric="oee").delete()
    _make(tmp_path)
    with tenant_context(chicago):
        assert targets_on(today).of("oee") is None
