"""What is due when, and who gets it: weeks, hours, mornings, and plants that take turns."""

from __future__ import annotations

import base64
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from amis.celery import app as celery
from analytics import tasks
from analytics.forecasting.pool import roster
from analytics.ml.downtime import silent
from analytics.models import Forecast, ModelVersion, Promotion, Run
from analytics.services.forecasts import train_forecast
from analytics.services.planning import SENT_AGAIN, plan
from analytics.services.runs import LEASE, Piece, carry_out, plan_run
from analytics.services.training import train_downtime
from analytics.services.work import KINDS, lstm_parts
from analytics.tasks import plan_predictions
from analytics.tests.past import NOW, fill
from analytics.tests.test_drift import graded
from production.services.jobs import create_job

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EARLY = MONDAY + timedelta(minutes=10)


@pytest.fixture
def plant(inside, light):
    fill(machines=1, days=30, until=MONDAY)


def due(now: datetime) -> set[tuple[str, datetime]]:
    """All that is written down after planning."""
    plan(now=now)
    return set(Run.objects.values_list("kind", "due_at"))


def kinds(now: datetime) -> set[str]:
    return {kind for kind, _ in due(now)}


def serve(task: str, as_of: datetime = MONDAY) -> ModelVersion:
    version = ModelVersion.objects.create(
        task=task, number=1, as_of=as_of, status="champion", code_hash="c", data_hash="d"
    )
    Promotion.objects.create(version=version, at=as_of, by="AMIS", why="The first.")
    return version


def test_a_plant_without_a_record_has_nothing_to_do(inside):
    assert plan(now=NOW) == []
    assert not Run.objects.exists()


def test_a_first_start_trains_everything_as_of_the_week_and_looks_at_shifts(plant):
    assert due(EARLY) == {
        ("train_downtime", MONDAY),
        ("train_forecast", MONDAY),
        ("train_anomaly", MONDAY),
        ("detect_shifts", MONDAY),
        ("grade", MONDAY),
    }


def test_once_models_serve_there_are_scores_a_forecast_and_a_look_back(plant):
    for task in ModelVersion.Task.values:
        serve(task)
    hour, running = MONDAY + 3 * HOUR, datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert {
        ("score", hour),
        ("score", running),
        ("detect", hour),
        ("forecast", MONDAY),
        ("look_back", MONDAY),
        ("look_back_days", MONDAY),
    } <= due(hour + timedelta(minutes=2))


def test_a_new_hour_brings_a_score_once_its_data_may_have_arrived(plant):
    serve("downtime")
    hour = datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert ("score", hour) not in due(hour + timedelta(seconds=60))
    assert ("score", hour) in due(hour + timedelta(seconds=90))


def test_a_new_week_trains_anew_and_the_days_between_do_not(plant):
    due(EARLY)
    assert {at for kind, at in due(EARLY + 6 * DAY) if kind == "train_downtime"} == {MONDAY}
    following = {at for kind, at in due(EARLY + 7 * DAY) if kind == "train_downtime"}
    assert following == {MONDAY, MONDAY + 7 * DAY}


def test_weeks_and_days_begin_at_midnight_of_the_plant_when_the_clock_changes(inside, light):
    """2026-11-01 has 25 hours in Chicago."""
    change = datetime(2026, 11, 1, 5, tzinfo=UTC)
    fill(machines=1, days=30, until=change)
    serve("forecast", as_of=change - 6 * DAY)
    for now in (change + HOUR, change + DAY, change + DAY + HOUR + timedelta(minutes=10)):
        due(now)
    days = set(Run.objects.filter(kind="forecast").values_list("due_at", flat=True))
    assert days == {change, change + DAY + HOUR}
    weeks = set(Run.objects.filter(kind="train_downtime").values_list("due_at", flat=True))
    assert weeks == {change - 6 * DAY, change + DAY + HOUR}


def test_what_was_too_thin_is_tried_again_soon_and_on_the_next_day(plant):
    due(EARLY)
    runs = Run.objects.filter(kind="train_downtime")
    runs.update(state=Run.State.THIN, finished_at=EARLY)
    due(EARLY + timedelta(minutes=1))
    assert runs.get(due_at=MONDAY).state == Run.State.THIN
    due(EARLY + timedelta(minutes=3))
    assert runs.get(due_at=MONDAY).state == Run.State.WAITING
    runs.update(state=Run.State.THIN, finished_at=EARLY + DAY)
    assert ("train_downtime", MONDAY + DAY) in due(EARLY + DAY)


def test_what_stays_too_thin_is_looked_at_less_and_less_often(plant):
    due(EARLY)
    runs = Run.objects.filter(kind="train_downtime")
    runs.update(state=Run.State.THIN, created_at=EARLY, finished_at=EARLY + HOUR)
    due(EARLY + HOUR + timedelta(minutes=19))
    assert runs.get(due_at=MONDAY).state == Run.State.THIN
    due(EARLY + HOUR + timedelta(minutes=21))
    assert runs.get(due_at=MONDAY).state == Run.State.WAITING


def test_of_what_was_too_thin_only_the_week_and_the_day_are_tried_again(plant):
    for now in (EARLY + day * DAY for day in range(4)):
        for planned in (now, now + timedelta(minutes=1)):
            due(planned)
            Run.objects.update(state=Run.State.THIN, finished_at=planned)
    due(EARLY + 3 * DAY + timedelta(minutes=22))
    again = Run.objects.filter(kind="train_downtime", state=Run.State.WAITING)
    assert {run.due_at for run in again} == {MONDAY, MONDAY + 3 * DAY}


def test_what_a_person_asked_for_is_not_tried_again_by_itself(plant):
    run = plan_run(Piece("train_downtime", MONDAY, chunk="7"))
    Run.objects.filter(pk=run.pk).update(state=Run.State.THIN, finished_at=EARLY - HOUR)
    due(EARLY)
    assert Run.objects.get(pk=run.pk).state == Run.State.THIN


def test_the_pool_waits_for_the_lstm_only_where_it_is_installed_and_not_for_ever(
    plant, at, monkeypatch
):
    assert "train_forecast" in kinds(EARLY)
    Run.objects.all().delete()
    monkeypatch.setattr(roster, "find_spec", lambda name: name == "tensorflow" or None)
    at(EARLY)
    assert {"train_lstm"} == kinds(EARLY) & {"train_lstm", "train_forecast"}
    later = EARLY + timedelta(minutes=31)
    at(later)
    assert {"train_lstm", "train_forecast"} <= kinds(later)
    Run.objects.filter(kind="train_forecast").delete()
    at(EARLY)
    Run.objects.filter(kind="train_lstm").update(finished_at=EARLY, state=Run.State.DONE)
    assert "train_forecast" in kinds(EARLY)


def test_at_a_quarter_to_eight_the_plants_own_clock_publishes_what_is_cheap(plant):
    deadline = datetime(2026, 11, 23, 13, 45, tzinfo=UTC)
    train_forecast(as_of=MONDAY - 7 * DAY, lstm_parts=None, tell=silent)
    assert "forecast_cheap" not in kinds(deadline)
    Promotion.objects.update(at=MONDAY - 7 * DAY)
    assert "forecast_cheap" not in kinds(deadline - timedelta(minutes=1))
    assert ("forecast_cheap", MONDAY) in due(deadline)
    run = Run.objects.get(kind="forecast_cheap")
    assert KINDS[run.kind].queue == "default"
    assert carry_out(run.pk, lambda tell: KINDS[run.kind].do(run, tell))
    rows = Forecast.objects.all()
    assert rows.count() == 8
    assert {row.is_cheap for row in rows} == {True}
    assert all("07:45" in row.reason for row in rows)
    assert all(len(row.quantiles["0.5"]) == 30 for row in rows)


def test_a_morning_whose_forecast_is_done_publishes_nothing_cheap(plant):
    serve("forecast")
    run = plan_run(Piece("forecast", MONDAY))
    Run.objects.filter(pk=run.pk).update(state=Run.State.DONE, finished_at=EARLY)
    assert "forecast_cheap" not in kinds(datetime(2026, 11, 23, 13, 50, tzinfo=UTC))


def test_on_the_day_of_a_plants_first_model_nothing_is_late(plant):
    serve("forecast", as_of=datetime(2026, 11, 23, 14, tzinfo=UTC))
    assert "forecast_cheap" not in kinds(NOW)


def test_the_past_is_looked_back_on_once_in_a_plants_life(plant):
    serve("downtime")
    due(EARLY)
    Run.objects.filter(kind="look_back").update(state=Run.State.DONE, finished_at=EARLY)
    due(EARLY + 70 * DAY)
    (run,) = Run.objects.filter(kind="look_back")
    assert run.state == Run.State.DONE


def test_a_drifted_model_is_trained_before_its_week(plant):
    graded(serve("downtime"), ours=30.0, naive=20.0)
    plan(now=NOW)
    assert Run.objects.filter(kind="train_downtime", chunk="drift").exists()


# --- handing out ---------------------------------------------------------------------------------


def test_a_plant_has_two_pieces_with_workers_and_one_training_of_them(plant):
    assert {run.kind for run in plan(now=EARLY)} == {"detect_shifts", "grade"}
    Run.objects.filter(kind="grade").update(state=Run.State.DONE, finished_at=EARLY)
    assert [run.kind for run in plan(now=EARLY)] == ["train_downtime"]
    Run.objects.filter(kind="detect_shifts").update(state=Run.State.DONE, finished_at=EARLY)
    assert plan(now=EARLY + timedelta(seconds=20)) == []


def test_the_next_piece_goes_out_when_one_is_done(plant):
    for run in plan(now=EARLY):
        Run.objects.filter(pk=run.pk).update(state=Run.State.DONE, finished_at=EARLY)
    assert plan(now=EARLY + timedelta(seconds=20))


def test_what_was_lost_on_the_way_and_what_a_dead_worker_held_is_handed_out_again(plant):
    first = plan(now=EARLY)
    lost = EARLY + SENT_AGAIN + timedelta(seconds=1)
    assert {run.pk for run in plan(now=lost)} == {run.pk for run in first}
    Run.objects.filter(pk=first[0].pk).update(
        state=Run.State.RUNNING, lease_until=lost + LEASE, sent_at=lost
    )
    assert first[0] not in plan(now=lost + timedelta(seconds=10))
    assert first[0] in plan(now=lost + LEASE + timedelta(seconds=1))


def test_what_a_person_asked_for_goes_first(plant):
    job = create_job(kind="train_anomaly", user_id=7, user_label="alice")
    plan_run(Piece("train_anomaly", NOW, chunk=str(job.pk)), job=job)
    assert plan(now=EARLY)[0].job == job


@pytest.fixture
def queue(cache_server):
    """Takes what is in a queue: (plant, run) of each message."""
    celery.control.purge()

    def take() -> list[tuple[str, int]]:
        found = []
        with celery.connection_for_read() as link, link.SimpleQueue("ml") as waiting:
            while True:
                try:
                    message = waiting.get_nowait()
                except waiting.Empty:
                    return found
                message.ack()
                found.append((message.headers["_schema_name"], message.payload[0][0]))

    return take


def test_one_plants_many_pieces_do_not_keep_anothers_waiting(db, at, light, chicago, lyon, queue):
    at(EARLY)
    for place, waiting in ((chicago, 20), (lyon, 1)):
        with tenant_context(place):
            fill(machines=1, days=30, until=MONDAY)
            for n in range(waiting):
                plan_run(Piece("score", MONDAY - n * HOUR))
    plan_predictions()
    plants = [schema for schema, _ in queue()]
    assert plants[:4] == ["plant_chicago", "plant_lyon", "plant_chicago", "plant_lyon"]
    assert Counter(plants) == {"plant_chicago": 2, "plant_lyon": 2}


def test_a_plant_that_cannot_be_planned_keeps_no_other_from_its_work(
    db, at, light, chicago, lyon, queue, monkeypatch
):
    at(EARLY)
    for place in (chicago, lyon):
        with tenant_context(place):
            fill(machines=1, days=30, until=MONDAY)

    def plan_all_but_chicago(now: datetime) -> list[Run]:
        if connection.schema_name == "plant_chicago":
            raise ZeroDivisionError
        return plan(now=now)

    monkeypatch.setattr(tasks, "plan", plan_all_but_chicago)
    plan_predictions()
    assert {schema for schema, _ in queue()} == {"plant_lyon"}


def test_two_planners_at_once_write_and_do_nothing_twice(committed, at, light, chicago):
    with tenant_context(chicago):
        fill(machines=1, days=30, until=MONDAY)
    start, sent, failed = threading.Barrier(2), [], []

    def planner() -> None:
        try:
            with tenant_context(chicago):
                start.wait()
                sent.extend(plan(now=EARLY))
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=planner) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not failed
    with tenant_context(chicago):
        assert max(Counter(Run.objects.values_list("kind", "due_at")).values()) == 1
        done: list[int] = []
        for run in sent:
            carry_out(run.pk, lambda tell, pk=run.pk: done.append(pk))
        assert max(Counter(done).values()) == 1


def test_a_training_that_is_carried_out_leads_to_scores(plant, at):
    at(NOW)
    train_downtime(as_of=MONDAY, tell=silent)
    plan(now=NOW)
    for run in Run.objects.filter(kind="score"):
        carry_out(run.pk, lambda tell, run=run: KINDS["score"].do(run, tell))
    assert Run.objects.filter(kind="score", state=Run.State.DONE).count() == 2
    assert clock.now() == NOW


def test_a_training_that_was_asked_for_takes_up_the_newest_network_that_knows_nothing_later(inside):
    def learned(at: datetime, name: str, state: str = "done") -> None:
        result = {name: base64.b64encode(name.encode()).decode()}
        Run.objects.create(kind="train_lstm", due_at=at, state=state, result=result)

    learned(MONDAY - 7 * DAY, "older")
    learned(MONDAY, "newest")
    learned(MONDAY + 7 * DAY, "later")
    learned(MONDAY + HOUR, "failed", state="failed")
    assert lstm_parts(MONDAY + 2 * DAY) == {"newest": b"newest"}
    assert lstm_parts(MONDAY - 8 * DAY) is None
