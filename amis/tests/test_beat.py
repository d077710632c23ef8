"""Beat's knocks: one that comes too late is dropped, because the next one asks the same."""

from __future__ import annotations

import pytest
from django.conf import settings

EVERY_PLANT = ("predictions", "insights", "reports", "sums-of-plants", "raw-folders")


@pytest.mark.parametrize("name", EVERY_PLANT)
def test_knocks_at_every_plant_do_not_pile_up_where_there_are_many(name):
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    assert entry["options"]["expires"] <= entry["schedule"]
