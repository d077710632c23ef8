"""What tests of a plant's imported past begin with."""

from __future__ import annotations

from pathlib import Path

import pytest
from django_tenants.utils import tenant_context

from production.services.past import import_stops
from production.services.reasons import ensure_reasons
from production.tests.factories import make_machine
from production.tests.imported import NOW

HEADER = "machine_id,start,end,reason\n"


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        ensure_reasons()
        yield make_machine("M001", breaks=[{"start": "10:00", "end": "10:30"}])


@pytest.fixture
def take_stops(tmp_path: Path):
    """Imports lines, observed from and to, and gives what the import did."""

    def take_(lines: str, first="2026-02-02", last="2026-02-04", *, header=HEADER, **named):
        path = tmp_path / "stops.csv"
        path.write_text(header + lines, encoding="utf-8")
        named = {"now": NOW} | named
        return import_stops(path=path, observed_from=first, observed_to=last, **named)

    return take_
