"""Gaps of machines: signals of one machine are one gap, cut to the window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.interval import Interval
from production.models import DataIssue, Machine
from production.selectors.data_issues import counter_resets, gaps_of
from production.tests.factories import make_machine

START = datetime(2026, 11, 18, 6, tzinfo=UTC)
DAY = Interval(START, START + timedelta(days=1))
NOW = START + timedelta(days=2)


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine()


def issue(machine: Machine, role: str, first: float, last: float | None, kind="gap") -> None:
    DataIssue.objects.create(
        signal=machine.signals.get(role=role),
        kind=kind,
        started_at=START + timedelta(minutes=first),
        ended_at=None if last is None else START + timedelta(minutes=last),
    )


def gaps(now: datetime = NOW) -> list[float]:
    return [one.duration_s / 60 for _, one in gaps_of(DAY, now=now)]


def test_signals_that_were_lost_together_are_one_gap(machine):
    issue(machine, "state", 10, 24)
    issue(machine, "produced", 12, 25)
    issue(machine, "state", 100, 130)
    assert gaps() == [15, 30]


def test_two_machines_have_a_gap_each(machine):
    other = make_machine("M002")
    for one in (machine, other):
        issue(one, "state", 10, 24)
    assert [pk for pk, _ in gaps_of(DAY, now=NOW)] == [machine.pk, other.pk]


def test_a_gap_is_cut_to_the_window_and_one_that_lasts_ends_now(machine):
    issue(machine, "state", -60, 5)
    issue(machine, "state", 1000, None)
    assert gaps(now=START + timedelta(minutes=1020)) == [5, 20]
    assert gaps() == [5, 440]


def test_less_than_a_minute_and_signals_that_no_record_needs_are_no_gap(machine):
    issue(machine, "state", 10, 10.5)
    issue(machine, "blocked", 20, 90)
    assert gaps() == []


def test_resets_are_counted_where_they_happened(machine):
    issue(machine, "produced", 10, None, kind="counter_reset")
    issue(machine, "produced", -10, None, kind="counter_reset")
    issue(machine, "produced", 20, None, kind="rollover")
    assert counter_resets(DAY) == 1


def test_the_api_lists_them_by_kind(db, bob, chicago, client_of):
    with tenant_context(chicago):
        machine = make_machine()
        issue(machine, "state", 10, 24)
        issue(machine, "produced", 10, None, kind="counter_reset")
    browser = client_of(bob, chicago)
    ask = {"from": "2026-11-18", "to": "2026-11-19"}
    assert browser.get("/api/data-issues", ask).json()["count"] == 2
    (row,) = browser.get("/api/data-issues", ask | {"kind": "gap"}).json()["results"]
    assert (row["machine_id"], row["signal"], row["kind"]) == ("M001", "state", "gap")
    assert browser.get("/api/data-issues", {"days": 1, "kind": "x"}).status_code == 400
