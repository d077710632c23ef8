"""What becomes of every value that a server delivers, as `manage.py verify_ingest` tells it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import tenant_context

from production.ingest.plan import load_plan
from production.ingest.readings import Inbox, Reading
from production.ingest.store import Memory, store_readings
from production.models import Connection, DataIssue, IngestCount, Machine, Sample, Signal

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


@pytest.fixture
def plc(db, chicago) -> Connection:
    with tenant_context(chicago):
        return make_plc()


def make_plc() -> Connection:
    """A connection with a machine that has two signals, in the current plant."""
    plc = Connection.objects.create(name="plc", endpoint_url="opc.tcp://127.0.0.1:4840")
    machine = Machine.objects.create(machine_id="M001", machine_name="Filler", connection=plc)
    for name in ("heat", "flow"):
        Signal.objects.create(machine=machine, name=name, role="process", node=f"nsu=u;s={name}")
    return plc


def reading(signal_pk: int, value: float, second: int) -> Reading:
    at = NOON.replace(second=second)
    return Reading(signal_pk, value, 0, at, None, at, initial=False)


def store(plc: Connection, readings: list[Reading], *, dropped: int = 0) -> None:
    plan = load_plan(connection_pk=plc.pk)
    store_readings(plan=plan, readings=readings, dropped=dropped, memory=Memory({}, {}))


def verify(*words: str) -> str:
    out = StringIO()
    call_command("verify_ingest", *words, stdout=out)
    return out.getvalue().strip()


def books(*words: str) -> dict:
    return json.loads(verify("--json", *words))


NOTHING = {
    "received": 0,
    "stored": 0,
    "duplicate": 0,
    "rejected": {},
    "dropped": {},
    "spooled": 0,
    "exact": True,
}


def test_a_plant_that_received_nothing_is_exact(db, chicago):
    assert books("--tenant", "plant_chicago") == NOTHING


def test_stored_and_repeated_and_dropped_values_add_up_to_what_was_received(plc, chicago):
    with tenant_context(chicago):
        heat = Signal.objects.get(name="heat").pk
        store(plc, [reading(heat, 1.0, 1), reading(heat, 2.0, 2)])
        store(plc, [reading(heat, 2.0, 2), reading(heat, 3.0, 3)], dropped=5)
        assert DataIssue.objects.get(kind="overflow").sample_count == 5
    expected = {"received": 9, "stored": 3, "duplicate": 1, "dropped": {"overflow": 5}}
    assert books("--tenant", "plant_chicago") == NOTHING | expected
    assert books() == NOTHING | expected
    assert books("--tenant", "plant_lyon") == NOTHING
    said = verify("--tenant", "plant_chicago")
    assert said == (
        "plant_chicago: 9 received = 3 stored + 1 duplicate + 0 rejected + 5 dropped (5 overflow)"
        " + 0 spooled: exact."
    )


def test_counts_that_do_not_add_up_end_with_a_failure(plc, chicago):
    with tenant_context(chicago):
        IngestCount.objects.create(connection=plc, outcome="received", count=3)
        IngestCount.objects.create(connection=plc, outcome="stored", count=2)
    with pytest.raises(CommandError, match="do not add up: plant_chicago"):
        verify("--json")
    with pytest.raises(CommandError, match="There is no plant plant_oslo"):
        verify("--tenant", "plant_oslo")


def test_only_the_value_of_a_signal_that_was_just_deleted_is_rejected(committed, chicago):
    with tenant_context(chicago):
        plc = make_plc()
        heat, flow = Signal.objects.order_by("-name").values_list("pk", flat=True)
        plan = load_plan(connection_pk=plc.pk)
        readings = [reading(heat, float(second), second) for second in range(7)]
        # What is no number is flagged, and the flag refers to its signal.
        readings[4] = reading(flow, float("nan"), 4)
        Signal.objects.filter(pk=flow).delete()
        store_readings(plan=plan, readings=readings, dropped=2, memory=Memory({}, {}))
        assert Sample.objects.count() == 6
    assert books("--tenant", "plant_chicago") == NOTHING | {
        "received": 9,
        "stored": 6,
        "rejected": {"ForeignKeyViolation": 1},
        "dropped": {"overflow": 2},
    }


def test_a_full_inbox_drops_the_oldest_and_counts_them():
    inbox = Inbox(capacity=3)
    inbox.put([reading(1, float(second), second) for second in range(5)])
    assert (len(inbox), inbox.take_dropped(), inbox.take_dropped()) == (3, 2, 0)
