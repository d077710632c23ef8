"""Odd operation and odd shifts: found once, kept with what a person said of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.errors import InsufficientData
from amis.interval import Interval
from analytics.ml.downtime import silent
from analytics.models import Anomaly, ModelVersion, OddHour
from analytics.selectors.anomalies import anomaly_list
from analytics.services.anomalies import detect, train_anomaly
from analytics.services.judged import judge_anomaly
from analytics.services.odd_shifts import detect_shifts
from analytics.services.registry import champion
from analytics.tests.past import NOW, fill, machine, sample
from production.models import ProductionRecord

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
ODD = Interval(NOW - 8 * HOUR, NOW - 5 * HOUR)
TASK = ModelVersion.Task.ANOMALY


@pytest.fixture
def watched(inside):
    """A machine whose temperature ran away this morning, and what was usual before today."""
    one = machine(1)
    sample(one, days=16, odd=ODD)
    train_anomaly(as_of=MONDAY - DAY, tell=silent)
    return one


def found() -> Anomaly:
    (event,) = [a for a in Anomaly.objects.all() if a.start < ODD.end and a.end > ODD.start]
    return event


def test_a_runaway_temperature_is_one_event_that_names_its_signal(db, alice, watched):
    detect(until=NOW.replace(minute=0), tell=silent)
    event = found()
    assert ODD.start - HOUR <= event.start <= ODD.start + HOUR
    assert event.end >= ODD.end - HOUR
    assert event.signals[0]["signal"] == "temperature"
    assert event.signals[0]["direction"] in ("high", "up", "above")
    assert "temperature" in event.sentence.lower()
    assert event.sentence.split("usually ")[1].startswith(event.expected.split(" ")[0])
    assert event.grain == Anomaly.Grain.SIGNAL


def test_the_page_is_told_from_which_score_on_an_alarm_begins(watched):
    detect(until=NOW.replace(minute=0), tell=silent)
    listed = anomaly_list(days=7, machine_id=None, status=None, now=NOW)
    (line,) = listed.timelines
    flagged = max(point.score for point in line.points if point.is_anomaly)
    assert 0.9 < line.threshold < flagged < 1


def test_looking_again_finds_the_same_events_and_hours(watched):
    detect(until=NOW.replace(minute=0), tell=silent)
    events = list(Anomaly.objects.order_by("pk").values("pk", "start", "end", "score"))
    hours = OddHour.objects.count()
    detect(until=NOW.replace(minute=0), tell=silent)
    assert list(Anomaly.objects.order_by("pk").values("pk", "start", "end", "score")) == events
    assert OddHour.objects.count() == hours > 24


def test_an_event_that_goes_on_keeps_its_start_and_what_was_said_of_it(db, alice, watched):
    detect(until=ODD.start + HOUR, tell=silent)
    first = found()
    judge_anomaly(anomaly_id=str(first.pk), verdict="confirm", user=alice)
    detect(until=NOW.replace(minute=0), tell=silent)
    event = found()
    assert (event.pk, event.start) == (first.pk, first.start)
    assert event.end > first.end
    assert (event.status, event.decided_by) == ("confirmed", str(alice))


def test_the_newest_detector_serves_and_training_again_makes_no_other(watched):
    assert champion(TASK).number == 1
    train_anomaly(as_of=MONDAY - DAY, tell=silent)
    assert ModelVersion.objects.count() == 1
    second = train_anomaly(as_of=MONDAY, tell=silent)
    assert champion(TASK) == second
    assert second.promotions.get().why


def test_without_samples_it_is_said_how_many_there_are_and_are_needed(inside):
    fill(machines=1, days=3)
    with pytest.raises(InsufficientData) as refused:
        train_anomaly(as_of=MONDAY, tell=silent)
    (sentence,) = refused.value.extra["missing"]
    assert "have 0, need 240" in sentence
    assert detect(until=NOW, tell=silent) == 0


# --- shifts --------------------------------------------------------------------------------------


def make_odd() -> ProductionRecord:
    """Of two months of shifts one was down nearly all the time."""
    fill(machines=2, days=60)
    ended = ProductionRecord.objects.filter(shift_end__lte=NOW - 2 * DAY)
    record = ended.filter(machine__machine_id="M002").order_by("-shift_start")[0]
    record.adet_s, record.apt_s = 27_000, 1_800
    record.units_produced, record.good_units, record.defective_units = 30, 5, 25
    record.ideal_produced_s, record.ideal_good_s = 1_800, 300
    record.save()
    return record


@pytest.fixture
def odd_shift(inside):
    return make_odd()


def test_a_shift_far_beyond_the_usual_is_an_anomaly_once(odd_shift):
    assert detect_shifts(until=NOW) >= 1
    mine = Anomaly.objects.filter(machine=odd_shift.machine, start=odd_shift.shift_start)
    event = mine.get()
    assert (event.grain, event.end) == (Anomaly.Grain.SHIFT, odd_shift.shift_end)
    assert "450" in event.sentence or "defect" in event.sentence
    count = Anomaly.objects.count()
    detect_shifts(until=NOW)
    assert Anomaly.objects.count() == count


def test_what_was_dismissed_stays_dismissed(db, alice, odd_shift):
    detect_shifts(until=NOW)
    event = Anomaly.objects.get(start=odd_shift.shift_start, machine=odd_shift.machine)
    judge_anomaly(anomaly_id=str(event.pk), verdict="dismiss", user=alice)
    detect_shifts(until=NOW + HOUR)
    event.refresh_from_db()
    assert event.status == "dismissed"


def test_a_plant_without_signals_sees_its_odd_shifts(db, at, chicago, alice, client_of):
    with tenant_context(chicago):
        worst = make_odd()
        detect_shifts(until=NOW)
        (sentence,) = Anomaly.objects.filter(
            start=worst.shift_start, machine=worst.machine
        ).values_list("sentence", flat=True)
    browser = client_of(alice, chicago)
    listed = browser.get("/api/ml/anomalies?days=14").json()["results"]
    assert sentence in [one["text"] for one in listed]
    assert sentence.split(";")[0] in browser.get("/anomalies/").content.decode()
