"""Each complete day brings its analyses once; a person may have one written anew, within a rate."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone as clock

from ai_insights.models import Insight
from ai_insights.selectors.windows import insight_window
from ai_insights.services import asked
from amis.errors import TooMany
from analytics.models import Run
from analytics.services import runs
from analytics.services.runs import carry_out
from analytics.tests.past import NOW, fill
from production.models import Job
from tenants.rates import ANALYSES as MOST


@pytest.fixture
def settled(monkeypatch):
    monkeypatch.setattr(asked, "predictions_are_settled", lambda now: True)


def carry_out_all(runs: list[Run]) -> None:
    for run in runs:
        carry_out(run.pk, lambda tell, run=run: asked.write_run(run, now=clock.now(), tell=tell))


def test_a_complete_day_brings_an_analysis_of_one_seven_and_thirty_days_once(inside, settled):
    fill(machines=1, days=10)

    carry_out_all(asked.plan_insights(now=NOW))

    assert sorted(Insight.objects.values_list("days", flat=True)) == [1, 7, 30]
    assert asked.plan_insights(now=NOW) == []
    assert asked.plan_insights(now=NOW + timedelta(hours=2)) == []


def test_the_next_complete_day_brings_new_ones(inside, settled, at):
    fill(machines=1, days=10)
    carry_out_all(asked.plan_insights(now=NOW))
    at(NOW + timedelta(days=1))

    assert len(asked.plan_insights(now=NOW + timedelta(days=1))) == 3


def test_a_reader_who_came_before_the_predictions_does_not_keep_the_days_analysis_away(
    inside, settled
):
    fill(machines=1, days=10)
    early = asked.current_insight(days=7, now=NOW)

    carry_out_all(asked.plan_insights(now=NOW))

    assert asked.current_insight(days=7, now=NOW).pk > early.pk


def test_records_that_come_later_replace_a_text_that_knew_of_nothing(inside):
    assert not asked.current_insight(days=7, now=NOW).knows_something

    fill(machines=1, days=10)

    assert asked.current_insight(days=7, now=NOW).knows_something
    assert Insight.objects.count() == 1


def test_nothing_is_due_in_a_plant_without_a_record(inside, settled):
    assert asked.plan_insights(now=NOW) == []


def test_while_the_first_models_are_trained_no_analysis_is_written(inside):
    fill(machines=1, days=10)

    assert asked.plan_insights(now=NOW) == []


def test_an_analysis_of_a_window_that_nobody_asked_for_yet_is_written_at_once(inside):
    fill(machines=1, days=10)

    first = asked.current_insight(days=3, now=NOW)

    assert (first.days, first.source) == (3, "rules")
    assert asked.current_insight(days=3, now=NOW) == first


def test_a_window_ends_with_the_last_complete_day(inside):
    fill(machines=1, days=10)

    first, after = insight_window(7, now=NOW).dates

    assert (after - first).days == 7
    assert after == NOW.date()


def test_what_a_person_asks_for_is_written_anew_with_the_persons_name(inside, bob_inside):
    fill(machines=1, days=10)
    before = asked.current_insight(days=7, now=NOW)

    job, run = asked.ask_for_insight(days=7, now=NOW, user=bob_inside)
    carry_out_all([run])

    newest = asked.current_insight(days=7, now=NOW)
    assert newest.pk != before.pk
    assert newest.asked_by == "bob"
    job.refresh_from_db()
    assert (job.state, job.result_url) == (Job.State.DONE, "/insights/?days=7")


def test_the_eleventh_in_a_minute_is_told_how_long_to_wait(inside, bob_inside):
    for _ in range(MOST):
        asked.ask_for_insight(days=7, now=clock.now(), user=bob_inside)

    with pytest.raises(TooMany) as told:
        asked.ask_for_insight(days=7, now=clock.now(), user=bob_inside)

    assert 0 < told.value.wait <= 60
    assert Job.objects.count() == MOST


@pytest.fixture
def bob_inside():
    """Somebody with a name and a number, as a service sees people."""

    class Person:
        pk = 7

        def __str__(self) -> str:
            return "bob"

    return Person()


def test_whoever_watches_is_told_when_the_language_model_is_asked(inside, bob_inside, monkeypatch):
    fill(machines=1, days=10)
    steps: list[str] = []
    monkeypatch.setattr(runs, "report_progress", lambda *, step, **_: steps.append(step))
    _job, run = asked.ask_for_insight(days=7, now=NOW, user=bob_inside)

    def work(tell):
        tell(5, "Collecting facts")
        time.sleep(2 * runs.TELL_STEP_EVERY_S)
        tell(50, "Asking")
        tell(90, "Storing")

    carry_out(run.pk, work)

    assert steps == ["Collecting facts", "Asking"]


def test_predictions_that_come_late_bring_the_days_analyses_once_more(inside, settled, monkeypatch):
    fill(machines=1, days=10)
    carry_out_all(asked.plan_insights(now=NOW))
    assert asked.current_insight(days=7, now=NOW).lacks_predictions
    monkeypatch.setattr(asked, "predictions_are_there", lambda now: True)

    carry_out_all(asked.plan_insights(now=NOW))

    assert sorted(Insight.objects.values_list("days", flat=True)) == [1, 1, 7, 7, 30, 30]
    assert asked.plan_insights(now=NOW) == []
