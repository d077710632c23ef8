"""A report from its plan to its files, by the code that workers and the command run."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone as clock

from analytics.models import Run
from analytics.services.runs import carry_out
from production.models import Job, Machine, ProductionRecord, Stop
from production.services.jobs import cancel_job
from reports.models import Delivery, Report
from reports.services import make as service
from reports.services import render as rendering
from reports.services.begin import begin_report, wanted_days
from reports.services.make import make_report
from reports.tests.conftest import NOW

DAY = date(2026, 11, 18)


def planned(**more) -> tuple[Report, Run]:
    return begin_report(wanted_days("daily", DAY, **more), now=NOW)


def work(run: Run) -> bool:
    return carry_out(run.pk, lambda tell: make_report(run, tell=tell), is_watched=True)


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "REPORTS_DIR", tmp_path / "reports")
    return tmp_path / "reports"


def command(*words: str) -> list[str]:
    out = StringIO()
    call_command("make_report", "--tenant", "plant_chicago", *words, stdout=out)
    return out.getvalue().splitlines()


def test_a_run_ends_in_an_issued_report_with_its_files_and_its_mail(inside, mail):
    report, run = planned(mails=True)
    assert work(run)
    report.refresh_from_db()
    assert (report.state, report.made_at, report.insight.days) == ("issued", NOW, 1)
    files = {file.format: (file.name, bytes(file.content)) for file in report.files.all()}
    assert files["pdf"][0] == "amis-plant_chicago-2026-11-18.pdf"
    assert files["pdf"][1].startswith(b"%PDF-")
    assert files["xlsx"][1].startswith(b"PK")
    assert Delivery.objects.get().to == "boss@amis.example"
    job = Job.objects.get()
    assert (job.kind, job.state, job.result_url) == ("report", "done", f"/api/reports/{report.pk}")
    assert not work(run)


def test_days_of_which_nothing_is_known_have_a_report_that_says_so(inside, mail):
    report, run = begin_report(wanted_days("daily", date(2025, 1, 5)), now=NOW)
    assert work(run)
    report.refresh_from_db()
    assert (report.state, report.insight) == ("issued", None)
    assert {file.format for file in report.files.all()} == {"pdf", "xlsx"}


def test_a_job_that_is_cancelled_while_pages_are_set_leaves_no_report(inside, mail, monkeypatch):
    _, run = planned(mails=True)
    wait = rendering._wait
    alive = []

    def cancel_first(process, tell):
        cancel_job(job_id=Job.objects.get().pk)
        alive.append(process)
        return wait(process, lambda *_: tell(50, "goes no further"))

    monkeypatch.setattr(rendering, "_wait", cancel_first)
    monkeypatch.setattr("analytics.services.runs.TELL_EVERY_S", 0.0)
    assert not work(run)
    assert alive[0].poll() is not None
    assert Job.objects.get().state == "cancelled"
    assert not Delivery.objects.exists()
    assert Report.objects.get().state == "making"
    assert begin_report(wanted_days("daily", DAY), now=clock.now())[0].revision == 1


def test_pages_that_take_too_long_are_given_up_with_a_reason(inside, mail, monkeypatch):
    monkeypatch.setattr(rendering, "WITHIN_S", 0.0)
    _, run = planned()
    assert not work(run)
    job = Job.objects.get()
    assert (job.state, job.message) == ("failed", "The files were not ready after 0 s.")


def test_what_the_document_says_is_wrong_is_what_the_job_says(inside, mail, monkeypatch):
    monkeypatch.setattr(service, "to_plain", lambda content: {"head": 7})
    _, run = planned()
    assert not work(run)
    assert "content.head is not an object" in Job.objects.get().message


def test_the_process_that_sets_the_pages_knows_no_password(inside, mail, monkeypatch):
    monkeypatch.setenv("EMAIL_PASSWORD", "hunter2-in-the-environment")
    seen = {}
    real = rendering.subprocess.Popen

    def watch(*words, **options):
        seen.update(options["env"])
        return real(*words, **options)

    monkeypatch.setattr(rendering.subprocess, "Popen", watch)
    _, run = planned()
    assert work(run)
    assert "hunter2" not in json.dumps(seen)
    assert not {"SECRET_KEY", "DB_PASSWORD", "DATABASE_URL"} & set(seen)


def test_the_command_writes_pdf_workbook_words_and_charts(inside, mail, folder):
    lines = command()
    names = {path.name for path in (folder / "plant_chicago").iterdir()}
    assert {line.rpartition("/")[2] for line in lines} == names
    day = "amis-plant_chicago-2026-11-18"
    assert {f"{day}.pdf", f"{day}.xlsx", "ai_insights.txt"} <= names
    assert [name for name in names if name.endswith(".svg")]
    assert Report.objects.get().plant_date == DAY
    assert not Delivery.objects.exists()


def test_the_command_returns_the_report_that_is_there_until_something_changed(inside, mail, folder):
    command()
    command()
    assert Report.objects.count() == 1
    changed = ProductionRecord.objects.filter(production_date=DAY).first()
    ProductionRecord.objects.filter(pk=changed.pk).update(units_produced=1.0)
    command()
    assert [(r.revision, r.state) for r in Report.objects.order_by("revision")] == [
        (1, "superseded"), (2, "issued"),
    ]  # fmt: skip
    command("--again", "--date", "2026-11-18")
    assert Report.objects.filter(state="issued").get().revision == 3


def test_a_stop_that_still_goes_on_makes_no_next_edition_of_a_day_that_is_over(
    inside, mail, folder, at
):
    begun = NOW.replace(hour=0, minute=0) - timedelta(hours=3)
    Stop.objects.create(
        machine=Machine.objects.first(), start=begun, state="Aborted", production_date=DAY
    )
    command()
    at(NOW + timedelta(hours=1))
    command()
    report = Report.objects.get()
    assert [stop["minutes"] for stop in report.content["stops"] if stop["end"] is None] == [539.5]
    Stop.objects.filter(end=None).update(end=begun + timedelta(hours=2))
    command()
    assert Report.objects.count() == 2


def test_the_command_mails_and_tells_how_far_each_recipient_is(inside, mail, folder):
    lines = command("--mail")
    said = "boss@amis.example: failed Nothing is mailed yet: set SMTP_SERVER and restart AMIS."
    assert lines[-1] == said
    mail(server="127.0.0.1", port=9)
    assert "boss@amis.example: retrying" in command("--mail")[-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--date", "yesterday"), "is not a day such as"),
        (("--date", "2026-11-19"), "has not ended"),
        (("--tenant", "plant_nowhere"), "There is no plant"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_words(inside, mail, folder, words, said):
    with pytest.raises(CommandError, match=said):
        command(*words)
