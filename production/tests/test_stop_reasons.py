"""Why machines stood: reasons in words, by machine, of the window's own plant days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from production.models import Stop, StopReason
from production.selectors.complete_day import end_of_day
from production.selectors.stop_reasons import counted_until, longest_stop, reason_totals
from production.shopfloor.window import Window
from production.tests.factories import make_machine

DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 18, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 19, tzinfo=UTC)
WINDOW = Window.of_dates(DAY, DAY + timedelta(days=1), timezone="America/Chicago")


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine()


def stop(machine, at_min: float = 0.0, minutes: float | None = 10.0, **more) -> Stop:
    start = NOON + timedelta(minutes=at_min)
    end = None if minutes is None else start + timedelta(minutes=minutes)
    values = {"state": "Aborted", "production_date": DAY, "shift": "Day"} | more
    return Stop.objects.create(machine=machine, start=start, end=end, **values)


def totals(*machines, window: Window = WINDOW, now: datetime = NOW) -> dict:
    rows = reason_totals(window, machines, until=counted_until(window, now=now))
    return {(row.machine_id, row.why): (row.times, row.minutes) for row in rows}


def test_a_person_s_reason_goes_before_the_cause_that_the_machine_gave(machine):
    jam = StopReason.objects.create(code="jam", name="Jam at infeed")
    stop(machine, 0, 10, reason=jam, cause="starved")
    stop(machine, 20, 5, reason=jam)
    stop(machine, 40, 7, cause="starved")
    stop(machine, 60, 9, cause="film break")
    assert totals(machine) == {
        ("M001", "Jam at infeed"): (2, 15),
        ("M001", "Starved upstream"): (1, 7),
        ("M001", "film break"): (1, 9),
    }


def test_what_nobody_explained_is_minor_a_changeover_or_without_a_reason(machine):
    stop(machine, 0, 1.5)
    stop(machine, 20, 2.0)
    stop(machine, 40, 1.0, state="Starting")
    assert totals(machine) == {
        ("M001", "Minor stops"): (1, 1.5),
        ("M001", "No reason given"): (1, 2.0),
        ("M001", "Changeover"): (1, 1.0),
    }


def test_a_stop_that_goes_on_counts_until_now(machine):
    stop(machine, 0, None)
    assert totals(machine, now=NOON + timedelta(minutes=33)) == {
        ("M001", "No reason given"): (1, 33)
    }


def test_a_stop_that_goes_on_counts_no_longer_than_the_shifts_of_its_day(machine):
    stop(machine, 0, None)
    (_, spent), *_ = totals(machine, now=NOON + timedelta(days=3)).values()
    assert spent == (end_of_day(DAY) - NOON) / timedelta(minutes=1)
    assert totals(machine, now=NOON + timedelta(days=4)) == totals(machine, now=NOW)


def test_a_stop_counts_on_the_plant_day_of_its_shift(machine):
    stop(machine, 15 * 60, 10)  # 03:00 of the next day, in the night shift of this one
    after = Window.of_dates(DAY + timedelta(days=1), DAY + timedelta(days=2),
                            timezone="America/Chicago")  # fmt: skip
    assert totals(machine) == {("M001", "No reason given"): (1, 10)}
    assert totals(machine, window=after) == {}


def test_a_stop_outside_every_shift_counts_where_it_begins(machine):
    stop(machine, 0, 10, production_date=None, shift="")
    assert totals(machine) == {("M001", "No reason given"): (1, 10)}


def test_the_longest_stop_is_no_changeover(machine):
    stop(machine, 0, 90, state="Starting")
    stop(machine, 100, 30)
    stop(machine, 200, 20)
    found = longest_stop(WINDOW, [machine], until=NOW)
    assert found.start == NOON + timedelta(minutes=100)
    assert longest_stop(WINDOW, [], until=NOW) is None


def test_the_api_lists_the_stops_of_a_reason(db, bob, chicago, client_of):
    odd = "=cmd|' /C calc'!A0 & <b>"
    with tenant_context(chicago):
        machine, jam = make_machine(), StopReason.objects.create(code="jam", name=odd)
        stop(machine, 0, 10, reason=jam)
        stop(machine, 20, 5)
        stop(machine, 40, 1.0, state="Starting")
    ask = {"from": "2026-11-18", "to": "2026-11-19", "machine_id": "M001"}
    browser = client_of(bob, chicago)

    def asked(**more) -> list:
        return browser.get("/api/stops", ask | more).json()["results"]

    assert [row["minutes"] for row in asked()] == [1, 5, 10]
    (row,) = asked(why=odd)
    assert (row["why"], row["minutes"], row["kind"]) == (odd, 10, "delay")
    assert [row["why"] for row in asked(kind="set_up")] == ["Changeover"]
    assert asked(shift="night") == []
    assert browser.get("/api/stops", ask | {"kind": "x"}).status_code == 400
