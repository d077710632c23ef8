"""What Beat and workers do with reports, plant by plant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from analytics.models import Run
from analytics.tests.past import fill
from reports import tasks
from reports.models import Delivery, Report, ReportSchedule
from reports.selectors.schedule import plant_schedule
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
