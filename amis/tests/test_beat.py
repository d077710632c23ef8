"""Beat's knocks at every plant: what a round costs where there are many."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_celery_beat.schedulers import ModelEntry
from django_tenants.utils import tenant_context

from ai_insights.tasks import plan_insights
from amis.clock import app
from analytics.tasks import plan_predictions, publish_plants
from production.tests.factories import make_machine
from reports.tasks import plan_all_reports

EVERY_PLANT = ("predictions", "insights", "reports", "sums-of-plants", "raw-folders")


@pytest.mark.parametrize("name", EVERY_PLANT)
def test_knocks_at_every_plant_do_not_pile_up_where_there_are_many(name, db):
    """What Beat itself makes of an entry: its scheduler drops options that it does not know."""
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    kept = ModelEntry.from_entry(name, app=app, **entry)
    assert 0 < kept.options["expires"] <= entry["schedule"]


@pytest.mark.parametrize(
    "knock", [plan_predictions, plan_insights, plan_all_reports, publish_plants]
)
def test_a_round_asks_for_all_plants_at_once_and_for_none_of_them_again(knock, db, chicago, lyon):
    for plant in (chicago, lyon):
        with tenant_context(plant):
            make_machine()
    knock()
    connection.set_schema_to_public()
    with CaptureQueriesContext(connection) as asked:
        knock()
    of_plants = [one["sql"] for one in asked if 'FROM "tenants_tenant"' in one["sql"]]
    assert len(of_plants) == 1
