"""What the rules write of facts that were built from a plant's own rows holds by the proof."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django_tenants.utils import tenant_context

from ai_insights.grounding.proof.verify import verify
from ai_insights.grounding.rules.write import write
from ai_insights.selectors.facts import build_facts
from ai_insights.tests.fact_plants import CHICAGO, DAY, NOW, WINDOW, small_plant, whole_plant
from ai_insights.tests.test_facts import HOSTILE
from analytics.tests import past
from production.models import Machine, StopReason
from production.shopfloor.window import Window


@pytest.fixture
def inside(db, chicago):
    with tenant_context(chicago):
        yield chicago


def _said(window: Window = WINDOW, *, now=NOW) -> list[str]:
    """Every sentence; fails where one does not hold."""
    found = build_facts(window, now=now)
    names = dict(Machine.objects.values_list("machine_id", "machine_name"))
    claims = [claim for _, claim in write(found, start=DAY + timedelta(days=1)).claims()]
    faults = {claim.text: why for claim in claims if (why := verify(claim, found, names))}
    assert faults == {}
    return [claim.text.replace("\u00a0", " ") for claim in claims]


def test_a_plant_with_everything(inside):
    whole_plant()
    said = _said()
    assert said[0].startswith("OEE was 84.4 % on Wed 18 Nov, 0.6 points under the target of 85.0 %")
    assert any("Jam at infeed" in one for one in said)


def test_a_plant_of_two_days(inside):
    small_plant()
    assert any("84.4 %" in one for one in _said())


def test_a_plant_without_data(inside):
    assert _said()


def test_a_week_of_three_machines(inside):
    past.fill()
    window = Window.of_dates(date(2026, 11, 16), date(2026, 11, 23), timezone=CHICAGO)
    assert any("16–22 Nov" in one for one in _said(window, now=past.NOW))


@pytest.mark.parametrize("name", HOSTILE)
def test_odd_names_are_quoted_and_nothing_else_is_said_for_them(inside, name):
    filler, _ = whole_plant()
    Machine.objects.filter(pk=filler.pk).update(machine_name=name)
    StopReason.objects.update(name=name)
    said = _said()
    assert any(name in one for one in said)
    assert all("99 %" not in one.replace(name, "") for one in said)
