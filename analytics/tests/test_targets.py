"""Targets hold from a day on, a machine's own before the plant's; the admin lets them be set."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from analytics.models import Target
from analytics.selectors.targets import target_of, targets_beside, targets_on, targets_read
from analytics.services.demo_targets import mid_year, set_demo_targets
from production.models import Machine
from production.tests.factories import make_machine

DAY = date(2026, 11, 18)
ADMIN = "/admin/analytics/target/"


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine()


def aim(value: float, since: date, metric: str = "oee", **more) -> Target:
    return Target.objects.create(metric=metric, value=value, valid_from=since, **more)


def test_a_target_holds_from_its_day_until_the_next_one(machine):
    aim(0.8, date(2026, 7, 1))
    aim(0.85, DAY)
    assert target_of("oee", on=date(2026, 6, 30)) is None
    assert target_of("oee", on=date(2026, 11, 17)) == 0.8
    assert target_of("oee", on=DAY) == 0.85


def test_a_machines_own_target_goes_before_a_newer_one_of_the_plant(machine):
    other = make_machine("M002")
    aim(0.7, date(2025, 1, 1), machine=machine)
    aim(0.85, DAY)
    assert target_of("oee", machine=machine, on=DAY) == 0.7
    assert target_of("oee", machine=other, on=DAY) == 0.85
    assert target_of("oee", on=DAY) == 0.85
    assert target_of("availability", machine=machine, on=DAY) is None


def test_all_targets_of_a_day_are_one_query(machine):
    machines = [machine, *(make_machine(f"M{n:03d}") for n in range(2, 9))]
    aim(0.85, DAY)
    for n, one in enumerate(machines[:4]):
        aim(0.6 + n / 10, DAY, machine=one)
    with CaptureQueriesContext(connection) as asked:
        targets = targets_on(DAY)
        found = [targets.of("oee", one).value for one in machines]
    assert found == pytest.approx([0.6, 0.7, 0.8, 0.9, 0.85, 0.85, 0.85, 0.85])
    assert len(asked) == 1


def test_another_plants_target_is_not_seen(machine, lyon):
    with tenant_context(lyon):
        aim(0.99, DAY)
    assert target_of("oee", on=DAY) is None


def test_a_viewer_reads_the_targets_and_cannot_set_one(db, bob, chicago, client_of):
    with tenant_context(chicago):
        aim(0.7, DAY, machine=make_machine())
    browser = client_of(bob, chicago)
    (row,) = browser.get("/api/targets").json()["results"]
    assert row == {"metric": "oee", "machine_id": "M001", "valid_from": "2026-11-18", "value": 0.7}
    assert browser.get(ADMIN).status_code == 403


def test_an_engineer_sets_a_target_and_is_told_what_a_ratio_is(person, db, chicago, client_of):
    browser = client_of(person("eve", chicago="engineer"), chicago)
    ContentType.objects.clear_cache()
    form = {"metric": "oee", "machine": "", "valid_from": "2026-07-01", "value": "85"}
    refused = browser.post(f"{ADMIN}add/", form)
    assert refused.status_code == 200
    assert "85 % is 0.85" in refused.content.decode()
    assert browser.post(f"{ADMIN}add/", form | {"value": "0.85"}).status_code == 302
    twice = browser.post(f"{ADMIN}add/", form | {"value": "0.9"})
    assert twice.status_code == 200
    with tenant_context(chicago):
        assert target_of("oee", on=DAY) == 0.85
    assert browser.get(ADMIN).status_code == 200


def test_the_demo_sets_its_targets_once_and_leaves_what_people_changed(machine):
    set_demo_targets("plant_chicago", today=DAY)
    assert target_of("oee", on=DAY) == 0.85
    assert target_of("unassigned_share", on=DAY) == 0.05
    Target.objects.filter(metric="oee").update(value=0.9)
    set_demo_targets("plant_chicago", today=DAY)
    assert target_of("oee", on=DAY) == 0.9


def test_the_demos_targets_hold_since_the_last_first_of_july():
    assert mid_year(DAY) == date(2026, 7, 1)
    assert mid_year(date(2026, 6, 30)) == date(2025, 7, 1)


def test_a_page_reads_the_targets_with_its_machines(machine):
    other = make_machine("M002")
    aim(0.8, date(2026, 7, 1))
    aim(0.85, DAY)
    aim(0.9, date(2026, 11, 19))
    aim(1, DAY, machine=machine)
    machines = list(Machine.objects.annotate(targets_beside=targets_beside()))
    with CaptureQueriesContext(connection) as asked:
        targets = targets_read(machines, DAY)
    assert not asked
    assert targets == targets_on(DAY)
    assert [targets.of("oee", one).value for one in (machine, other)] == [1, 0.85]
