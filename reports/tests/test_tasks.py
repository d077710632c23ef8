"""What Beat and workers do with reports, plant by plant."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import connection
from django_tenants.utils import schema_context, tenant_context

from analytics.models import Run
from analytics.services.turns import COME_AGAIN_S
from analytics.tests.past import fill
from reports import tasks
from reports.models import Delivery, Report, ReportSchedule
from reports.selectors.schedule import plant_schedule
from reports.services.begin import begin_report, wanted_days
from reports.services.deliveries import mail_report
from reports.tests.conftest import NOW


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, str]]:
    """(schema, task) of every message that would go to a worker."""
    messages: list[tuple[str, str]] = []
    for task in (tasks.carry_out_report, tasks.deliver_due):
        monkeypatch.setattr(
            task,
            "apply_async",
            lambda *_, name=task.name, **__: messages.append((connection.schema_name, name)),
        )
    return messages


@pytest.fixture
def making(committed, at, mail, monkeypatch):
    """making(*runs) is the ids of the reports whose making has begun, while each of them takes
    until the fixture ends.
    """
    begun: queue.Queue[int] = queue.Queue()
    ends, threads = threading.Event(), []

    def work(run: Run, **_) -> str:
        begun.put(int(run.chunk))
        assert ends.wait(20)
        return ""

    def carry_out(run_id: int) -> None:
        try:
            with schema_context("plant_chicago"):
                tasks.carry_out_report(run_id)
        finally:
            connection.close()

    def make(*runs: Run) -> set[int]:
        new = [threading.Thread(target=carry_out, args=(run.pk,)) for run in runs]
        threads.extend(new)
        for thread in new:
            thread.start()
        found = set()
        with suppress(queue.Empty):
            while True:
                found.add(begun.get(timeout=1.0))
        return found

    monkeypatch.setattr(tasks, "make_report", work)
    yield make
    ends.set()
    for thread in threads:
        thread.join()


@pytest.fixture
def plants(db, at, mail, chicago, lyon):
    for plant in (chicago, lyon):
        with tenant_context(plant):
            fill(machines=1, days=2, until=NOW - timedelta(hours=2))
            plant_schedule()
            ReportSchedule.objects.update(since=NOW - timedelta(days=1))
    return chicago, lyon


def test_each_plant_gets_its_own_report_and_a_worker_that_knows_whose_it_is(plants, sent):
    tasks.plan_all_reports()
    name = "reports.tasks.carry_out_report"
    assert sent == [("plant_chicago", name), ("plant_lyon", name)]
    tasks.plan_all_reports()
    assert len(sent) == 2


def test_one_plants_trouble_is_not_the_others(plants, sent, monkeypatch):
    real = tasks.plan_reports

    def breaks_in_chicago(**more):
        if connection.schema_name == "plant_chicago":
            raise RuntimeError("in Chicago")
        return real(**more)

    monkeypatch.setattr(tasks, "plan_reports", breaks_in_chicago)
    tasks.plan_all_reports()
    assert [schema for schema, _ in sent] == ["plant_lyon"]


def test_mail_that_waits_is_tried_again_when_its_time_has_come(plants, sent, at, is_demo):
    chicago, _ = plants
    tasks.plan_all_reports()
    with tenant_context(chicago):
        Run.objects.update(state="done")
        Report.objects.update(state="issued")
        Delivery.objects.create(
            report=Report.objects.get(), to="a@b.example", state="retrying", message_id="<1@a>",
            next_at=NOW + timedelta(seconds=30),
        )  # fmt: skip
    del sent[:]
    tasks.plan_all_reports()
    assert ("plant_chicago", "reports.tasks.deliver_due") not in sent
    at(NOW + timedelta(seconds=31))
    tasks.plan_all_reports()
    assert ("plant_chicago", "reports.tasks.deliver_due") in sent
    assert ("plant_lyon", "reports.tasks.deliver_due") not in sent


def test_a_worker_makes_and_mails_in_one_go(plants, sent, is_demo, settings):
    chicago, _ = plants
    tasks.plan_all_reports()
    with tenant_context(chicago):
        tasks.carry_out_report(Run.objects.get(kind="report").pk)
        assert Report.objects.get().state == "issued"
        assert Delivery.objects.get().state == "sent"
    (letter,) = settings.MAIL_DIR.glob("*.eml")
    assert b"Chicago, Wed 18 Nov" in letter.read_bytes()


def test_reports_that_people_ask_for_leave_a_thread_for_the_one_that_is_due(making, monkeypatch):
    again: list[tuple[int, float]] = []
    monkeypatch.setattr(
        tasks.carry_out_report,
        "apply_async",
        lambda words, countdown: again.append((words[0], countdown)),
    )
    with schema_context("plant_chicago"):
        fill(machines=1, days=4, until=NOW - timedelta(hours=2))
        days = [date(2026, 11, day) for day in (15, 16, 17, 18)]
        plans = [wanted_days("daily", day, asked_by="Ann") for day in days[:3]]
        plans.append(wanted_days("daily", days[3], mails=True, due_at=NOW))
        reports, runs = zip(*(begin_report(plan, now=NOW) for plan in plans), strict=True)
    assert making(runs[0]) == {reports[0].pk}
    assert making(runs[1], runs[2]) == set()
    assert set(again) == {(runs[1].pk, COME_AGAIN_S), (runs[2].pk, COME_AGAIN_S)}
    assert making(runs[3]) == {reports[3].pk}
    with schema_context("plant_chicago"):
        mail_report(reports[1])
    assert making(runs[1]) == {reports[1].pk}
