"""Why a machine stood: the tree a plant begins with, and a person's answer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django_tenants.utils import tenant_context

from amis.errors import Invalid, NotFound
from amis.interval import Interval
from production.live import machine_elements
from production.models import Machine, ProductionRecord, Stop, StopReason
from production.services.derive import derive_records
from production.services.reasons import ensure_reasons, give_reason
from production.tests.factories import beside, make_machine, store
from tenants.live import sequence

# 06:00 in Chicago on Thursday 19 November 2026
START = datetime(2026, 11, 19, 12, tzinfo=UTC)
EXECUTE, HELD = 6, 11


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def stand() -> Stop:
    """A machine that stood for half an hour, and its stop."""
    ensure_reasons()
    machine = make_machine()
    store(machine, "state", (minute(0), EXECUTE), (minute(60), HELD), (minute(90), EXECUTE))
    interval = Interval(START, minute(100))
    derive_records(machine=machine, interval=interval, now=minute(100))
    return Stop.objects.get()


@pytest.fixture
def stop(db, chicago):
    with tenant_context(chicago):
        yield stand()


def explain(stop_id: int, code: str = "jam") -> Stop:
    return give_reason(stop_id=stop_id, code=code, note="film", user_id=7, label="alice")


def test_the_tree_has_two_levels_and_at_most_25_leaves(stop):
    branches = StopReason.objects.filter(parent=None)
    leaves = StopReason.objects.exclude(parent=None)
    assert 0 < leaves.count() <= 25
    assert not leaves.exclude(parent__in=branches).exists()
    assert not branches.filter(children=None).exists()


def test_what_a_plant_changed_in_its_tree_is_left_alone(stop):
    StopReason.objects.filter(code="jam").update(name="Stau", planned=True)
    count = StopReason.objects.count()
    ensure_reasons()
    jam = StopReason.objects.get(code="jam")
    assert (jam.name, jam.planned, StopReason.objects.count()) == ("Stau", True, count)


def test_a_reason_says_who_gave_it_and_when_and_takes_the_minutes_away(stop):
    assert ProductionRecord.objects.get(shift="Day").unassigned_s == 1800
    explained = explain(stop.pk)
    assert (explained.reason.code, explained.note) == ("jam", "film")
    assert (explained.reason_user_id, explained.reason_by) == (7, "alice")
    assert explained.reason_at is not None
    assert ProductionRecord.objects.get(shift="Day").unassigned_s == 0


def test_another_reason_takes_the_place_of_the_first(stop):
    explain(stop.pk)
    explain(stop.pk, "bearing")
    assert Stop.objects.get(pk=stop.pk).reason.code == "bearing"


def test_an_unknown_stop_and_one_of_another_plant_are_not_found(stop, lyon):
    with pytest.raises(NotFound):
        explain(stop.pk + 1)
    with tenant_context(lyon):
        ensure_reasons()
        with pytest.raises(NotFound):
            explain(stop.pk)


@pytest.mark.parametrize("code", ["", "mechanical", "nonsense"])
def test_only_a_leaf_of_the_tree_is_a_reason(stop, code):
    with pytest.raises(Invalid):
        explain(stop.pk, code)
    assert Stop.objects.get().reason is None


def test_live_pages_hear_the_reason_of_a_running_stop(
    db, chicago, django_capture_on_commit_callbacks
):
    now = datetime.now(UTC)
    with tenant_context(chicago):
        ensure_reasons()
        machine = make_machine()
        store(machine, "state", (now - timedelta(minutes=1), HELD))
        derive_records(machine=machine, interval=Interval(now - timedelta(minutes=1), now))
        before = sequence("plant_chicago")
        with django_capture_on_commit_callbacks(execute=True):
            explain(Stop.objects.get(end=None).pk)
        (element,) = machine_elements("plant_chicago", [("M001", "Assembly")])
        assert element["reason"] == "Jam"
        assert sequence("plant_chicago") == before + 1
        assert sequence("plant_lyon") == 0


def test_a_reason_waits_for_a_derivation_without_holding_its_stop(committed, chicago):
    """Derivation takes the machine and then its stops; the other way round both would wait."""
    with tenant_context(chicago):
        stop = stand()
        with ThreadPoolExecutor() as pool, transaction.atomic():
            Machine.objects.select_for_update().get()
            answer = pool.submit(beside, chicago, explain, stop.pk)
            time.sleep(0.3)
            Stop.objects.select_for_update(nowait=True).get()
        assert answer.result().reason.code == "jam"
