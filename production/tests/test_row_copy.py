"""Rows that are copied in are those that an INSERT would have made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django_tenants.utils import tenant_context

from production.models import ProductionRecord, Stop
from production.services.row_copy import copy_rows
from production.tests.factories import make_machine

AT = datetime(2026, 2, 2, 7, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine("M001")


def columns(row) -> dict:
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: value for name, value in kept.items() if name not in ("id", "updated_at")}


def test_a_stop_with_an_odd_note_and_nothing_else_comes_back_as_it_was(machine):
    stop = Stop(machine=machine, start=AT, state="Stopped", note="tab\tline\nback\\slash \\N é")
    copy_rows(Stop, [stop])
    assert columns(Stop.objects.get()) == columns(stop)


def test_a_record_is_what_saving_makes_of_it(machine):
    values = {"machine": machine, "production_date": date(2026, 2, 2), "source": "imported"}
    times = {"shift_start": AT, "shift_end": AT + timedelta(hours=8)}
    seconds = {"pot_s": 1 / 3, "pbt_s": 1e-9, "units_produced": 1e12, "failures": 3}
    one, other = (
        ProductionRecord(shift=name, **values, **times, **seconds) for name in ("Day", "Night\\t")
    )
    one.save()
    copy_rows(ProductionRecord, [other])
    stored = ProductionRecord.objects.get(shift="Night\\t")
    assert columns(stored) == columns(one) | {"shift": "Night\\t"}
    assert stored.updated_at >= one.updated_at
    assert stored.pk > one.pk


def test_a_row_that_is_there_already_is_refused(machine):
    copy_rows(Stop, [Stop(machine=machine, start=AT, state="Stopped")])
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Stop, [Stop(machine=machine, start=AT, state="Held")])
