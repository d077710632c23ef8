"""The newest values in Valkey: newer ones win, states know since when, and a plant sees its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.interval import Interval
from production import live
from production.live import NewestValue
from production.services.derive import derive_records
from production.tests.factories import make_machine, store

CHICAGO, LYON = "plant_chicago", "plant_lyon"
NAMES = [("M001", "Assembly")]
NOON = datetime(2026, 11, 19, 18, tzinfo=UTC)
EXECUTE = 6

pytestmark = pytest.mark.usefixtures("django_db_setup")


@pytest.fixture(autouse=True)
def _cache(cache_server):
    """Every test here talks to Valkey; what it left is emptied after it."""


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def state(name: str | None, when: datetime, quality: str = "good") -> NewestValue:
    return NewestValue("M001", "state", "state", 1.0, "", when, quality, name)


def pressure(value: float | str | None, when: datetime) -> NewestValue:
    return NewestValue("M001", "pressure", "process", value, "bar", when, "good")


def element(schema: str = CHICAGO) -> dict:
    (found,) = live.machine_elements(schema, NAMES)
    return found


def alive(seconds_ago: float = 0.0) -> None:
    live.store_alive(CHICAGO, ["M001"], datetime.now(UTC) - timedelta(seconds=seconds_ago))


def test_a_machine_of_which_nothing_is_known():
    assert element() == {
        "machine_id": "M001",
        "machine_name": "Assembly",
        "state": None,
        "state_code": None,
        "since": None,
        "reason": "",
        "source_timestamp": None,
        "age_s": None,
        "is_stale": True,
        "signals": {},
        "shift": None,
    }


def test_the_newest_values_of_a_machine_that_is_heard():
    alive()
    live.store_newest(CHICAGO, [state("Execute", at(0)), pressure(4.25, at(3))])
    live.store_shift(CHICAGO, "M001", {"name": "Day"}, "Jam")
    found = element()
    assert (found["state"], found["state_code"], found["is_stale"]) == ("Execute", 1.0, False)
    assert found["since"] == "2026-11-19T18:00:00+00:00"
    assert found["source_timestamp"] == "2026-11-19T18:00:03+00:00"
    assert (found["shift"], found["reason"]) == ({"name": "Day"}, "Jam")
    assert found["signals"]["pressure"] == {
        "value": 4.25,
        "unit": "bar",
        "source_timestamp": "2026-11-19T18:00:03+00:00",
        "quality": "good",
    }
    assert 0 <= found["age_s"] < 5


@pytest.mark.parametrize("later", [0.000001, 0.5, 1, 3600])
def test_an_older_value_never_takes_the_place_of_a_newer_one(later):
    live.store_newest(CHICAGO, [pressure(2.0, at(later))])
    live.store_newest(CHICAGO, [pressure(1.0, at(0))])
    assert element()["signals"]["pressure"]["value"] == 2.0
    live.store_newest(CHICAGO, [pressure(4.0, at(later + 2)), pressure(3.0, at(later + 1))])
    assert element()["signals"]["pressure"]["value"] == 4.0


def test_a_value_of_the_same_instant_corrects_the_one_before():
    live.store_newest(CHICAGO, [pressure(1.0, at(0))])
    live.store_newest(CHICAGO, [pressure(2.0, at(0))])
    assert element()["signals"]["pressure"]["value"] == 2.0


@pytest.mark.parametrize("value", ["off", None, 0.1, 1e-300, 2.0**53, 'a "quoted"\nline'])
def test_a_value_comes_back_as_it_went_in(value):
    live.store_newest(CHICAGO, [pressure(value, at(0))])
    assert element()["signals"]["pressure"]["value"] == value


def test_a_state_knows_since_when_it_holds():
    alive()
    live.store_newest(CHICAGO, [state("Execute", at(0))])
    live.store_newest(CHICAGO, [state("Execute", at(30))])
    assert element()["since"] == at(0).isoformat()
    live.store_newest(CHICAGO, [state("Held", at(40))])
    assert element()["since"] == at(40).isoformat()
    live.store_newest(CHICAGO, [state("Execute", at(35))])
    assert (element()["state"], element()["since"]) == ("Held", at(40).isoformat())


def test_a_state_that_left_and_came_back_within_a_batch_holds_since_its_return():
    live.store_newest(CHICAGO, [state("Execute", at(0))])
    live.store_newest(CHICAGO, [state("Execute", at(20)), state("Held", at(10))])
    assert element()["since"] == at(20).isoformat()
    live.store_newest(CHICAGO, [state("Held", at(30)), state("Held", at(33))])
    assert element()["since"] == at(30).isoformat()


def test_a_bad_state_is_shown_as_bad_and_the_good_one_holds():
    """As in the records: only good values count."""
    alive()
    live.store_newest(CHICAGO, [state("Execute", at(0))])
    live.store_newest(CHICAGO, [state("Aborted", at(10), "bad")])
    found = element()
    assert (found["state"], found["since"]) == ("Execute", at(0).isoformat())
    assert found["signals"]["state"]["quality"] == "bad"
    live.store_newest(CHICAGO, [state("Execute", at(20))])
    assert element()["since"] == at(0).isoformat()


def test_a_machine_that_begins_with_a_bad_state_has_none():
    alive()
    live.store_newest(CHICAGO, [state("Execute", at(0), "uncertain")])
    assert element()["state"] is None


def test_a_machine_is_stale_after_ten_seconds_without_a_sign_of_life():
    live.store_newest(CHICAGO, [state("Execute", at(0))])
    alive(9)
    assert (element()["is_stale"], element()["state"]) == (False, "Execute")
    alive(11)
    assert (element()["is_stale"], element()["state"]) == (True, None)
    assert 11 <= element()["age_s"] < 15


def test_a_lost_connection_makes_its_machines_stale_at_once():
    live.store_newest(CHICAGO, [state("Execute", at(0))])
    live.store_lost(CHICAGO, ["M001"], datetime.now(UTC) - timedelta(seconds=2))
    assert element()["is_stale"]
    assert 2 <= element()["age_s"] < 5
    alive()
    assert not element()["is_stale"]


def test_a_plant_sees_nothing_of_another():
    alive()
    live.store_newest(CHICAGO, [state("Execute", at(0))])
    live.store_shift(CHICAGO, "M001", {"name": "Day"}, "")
    live.bump_data_version(CHICAGO)
    live.socket_seen(CHICAGO, "one")
    assert (element(LYON)["signals"], element(LYON)["shift"]) == ({}, None)
    assert (live.data_version(CHICAGO), live.data_version(LYON)) == (1, 0)
    assert live.socket_status(LYON)["active_connections"] == 0


def test_a_socket_that_says_nothing_any_more_is_not_counted(settings):
    settings.LIVE_INTERVAL_S = 5
    live.socket_seen(CHICAGO, "one")
    live.socket_seen(CHICAGO, "two")
    live.socket_seen(CHICAGO, "two")
    assert live.socket_status(CHICAGO)["active_connections"] == 2
    live.socket_closed(CHICAGO, "two")
    assert live.socket_status(CHICAGO)["active_connections"] == 1
    settings.LIVE_INTERVAL_S = 0
    assert live.socket_status(CHICAGO)["active_connections"] == 0


def test_the_status_tells_of_the_last_event(settings):
    settings.LIVE_INTERVAL_S = 5
    assert live.socket_status(CHICAGO) == {
        "status": "ok",
        "path": "/ws",
        "active_connections": 0,
        "update_interval_s": 5,
        "last_event_at": None,
        "sequence": 0,
    }
    live.publish_machines(CHICAGO, [*NAMES, ("M002", "Press")])
    status = live.socket_status(CHICAGO)
    assert status["sequence"] == 2
    assert datetime.fromisoformat(status["last_event_at"]).utcoffset() == timedelta(0)


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine()


def derive(machine, now: datetime, callbacks, *, since: datetime | None = None) -> None:
    interval = Interval(since or now - timedelta(seconds=1), now)
    with callbacks(execute=True):
        derive_records(machine=machine, interval=interval, now=now)


def test_derivation_tells_the_running_shift(machine, django_capture_on_commit_callbacks):
    store(machine, "state", (at(0), EXECUTE))
    store(machine, "produced", (at(-1), 7), (at(60), 19))
    store(machine, "defective", (at(-1), 0), (at(60), 2))
    derive(machine, at(3600), django_capture_on_commit_callbacks)
    assert element()["shift"] == {
        "name": "Day",
        "date": "2026-11-19",
        "units_produced": 12,
        "defective_units": 2,
        "downtime_min": 0,
        "oee": pytest.approx(60 * 10 / 3600),
    }
    assert live.data_version(CHICAGO) == 1


def test_a_finished_shift_does_not_overwrite_the_running_one(
    machine, django_capture_on_commit_callbacks
):
    store(machine, "state", (at(-8 * 3600), EXECUTE))
    derive(machine, at(60), django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        night = Interval(at(-8 * 3600), at(-7 * 3600))
        derive_records(machine=machine, interval=night, now=at(60))
    assert element()["shift"]["name"] == "Day"
    assert live.data_version(CHICAGO) == 2


def test_after_the_last_shift_nothing_runs(machine, django_capture_on_commit_callbacks):
    machine.shift_pattern.shifts = [{"name": "Day", "start": "06:00", "end": "14:00"}]
    machine.shift_pattern.save()
    store(machine, "state", (at(0), 11))
    derive(machine, at(60), django_capture_on_commit_callbacks)
    assert element()["shift"]["name"] == "Day"
    derive(machine, at(9 * 3600), django_capture_on_commit_callbacks)
    assert (element()["shift"], element()["reason"]) == (None, "")


def test_of_a_running_shift_without_data_only_the_name_is_known(
    machine, django_capture_on_commit_callbacks
):
    derive(machine, at(60), django_capture_on_commit_callbacks)
    shift = element()["shift"]
    assert (shift.pop("name"), shift.pop("date")) == ("Day", "2026-11-19")
    assert set(shift.values()) == {None}
