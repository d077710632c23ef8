"""No prediction knows what came after its instant, whatever the database holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.services.replay.downtime_past import DowntimePast
from analytics.services.replay.span import Cadence, Span
from analytics.tests.past import NOW, fill
from production.models import Machine, ProductionRecord, Stop

INSTANT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPAN = Span(start=INSTANT - timedelta(days=2), end=INSTANT + timedelta(days=1))
HOUR = timedelta(hours=1)


def said() -> list[tuple[str, datetime, dict]]:
    """What is said as of instants up to INSTANT, the shift that starts there included."""
    past = DowntimePast.of(SPAN, Cadence(), now=NOW)
    found = []
    for source, places in past.parts():
        for answer in past.answers(source, places):
            name = past.history.machines[past.history.machine[answer.row]]
            if answer.as_of <= INSTANT:
                found.append((name, answer.as_of, answer.said))
    return sorted(found, key=lambda one: one[:2])


@pytest.fixture
def plant(inside):
    fill(days=30)


def test_without_every_row_after_an_instant_the_same_is_said_as_of_it(plant):
    before = said()
    assert len(before) == 3 * 7
    ProductionRecord.objects.filter(shift_end__gt=INSTANT).delete()
    Stop.objects.filter(start__gte=INSTANT).delete()
    Stop.objects.filter(end__gt=INSTANT).update(end=None)
    assert said() == before


def test_with_every_row_after_an_instant_made_up_anew_the_same_is_said_as_of_it(plant):
    before = said()
    draw = np.random.default_rng(7)
    for record in ProductionRecord.objects.filter(shift_end__gt=INSTANT):
        record.adet_s, record.units_produced = draw.uniform(0, 28_800), draw.integers(0, 400)
        record.ideal_good_s = record.ideal_produced_s = draw.uniform(0, 28_800)
        record.save()
    for stop in Stop.objects.filter(start__gte=INSTANT):
        stop.end = stop.start + timedelta(minutes=draw.uniform(1, 900))
        stop.save()
    assert said() == before


def test_a_stop_that_goes_on_is_known_only_as_begun_even_where_its_end_is_stored(plant):
    machine = Machine.objects.get(machine_id="M001")
    stop = Stop.objects.create(machine=machine, start=INSTANT - HOUR, end=None, state="Aborted")
    answers = []
    for end in (None, INSTANT + 20 * timedelta(minutes=1), INSTANT + 30 * HOUR):
        stop.end = end
        stop.save()
        answers.append(said())
    assert answers[0] == answers[1] == answers[2]
    (now,) = [one for name, as_of, one in answers[0] if (name, as_of) == ("M001", INSTANT)]
    assert now["down_now"]


def test_what_is_said_does_follow_what_was_known(plant):
    """So that the tests above compare something that can change."""
    before = said()
    ProductionRecord.objects.filter(
        shift_end__lte=INSTANT, shift_end__gt=INSTANT - 9 * HOUR
    ).update(adet_s=28_000)
    assert said() != before
