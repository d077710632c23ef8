"""The page of reports: what a person sees, may do, and reads about the mail."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django_tenants.utils import schema_context

from analytics.models import Run
from production.models import Job
from production.services.jobs import create_job, finish_job
from reports.document.plain import to_plain
from reports.models import Delivery, Report
from reports.services.begin import begin_report, wanted_days
from reports.services.issue import issue_report
from reports.tests.conftest import NOW
from reports.tests.sample_content import sample_content

FILES = {"pdf": ("day.pdf", b"%PDF-1.7"), "xlsx": ("day.xlsx", b"PK")}
DAY = date(2026, 11, 18)


def issued(day: date = DAY, **more) -> Report:
    report, run = begin_report(wanted_days("daily", day, **more), now=NOW)
    issue_report(report, content=to_plain(sample_content()), files=FILES, insight=None, made_at=NOW)
    Run.objects.filter(pk=run.pk).update(state="done")
    return report


@pytest.fixture
def page_of(inside, mail, person, client_of):
    """page_of("viewer") is the text of the page as somebody of that role sees it."""

    def make(role: str = "manager") -> str:
        with schema_context("public"):
            browser = client_of(person(f"one_{role}", chicago=role), inside)
        answer = browser.get("/reports/")
        assert answer.status_code == 200
        return answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")

    return make


def test_the_newest_report_is_told_at_a_glance_with_a_way_to_its_files(page_of):
    report = issued()
    page = page_of()
    assert "OEE was 82.5 %, 2.5 points under the target of 85.0 %." in page
    assert '<dd data-metric="oee">82.5 %</dd>' in page
    assert '<dd data-metric="good_units">85,980</dd>' in page
    for form in ("pdf", "xlsx"):
        assert f'href="/api/reports/{report.pk}/{form}"' in page


def test_every_report_has_a_row_with_its_state(page_of):
    first = issued(DAY - timedelta(days=1), due_at=NOW - timedelta(hours=2))
    issued()
    second = issued()
    page = page_of()
    assert page.count("<tr data-report=") == 3
    assert f'<tr data-report="{second.pk}" data-state="issued">' in page
    assert "edition 2" in page
    assert "superseded" in page
    row = page.split(f'<tr data-report="{first.pk}"')[1].split("</tr>")[0]
    assert "Tue 17 Nov" in row
    assert "late" in row


def test_what_was_mailed_to_whom_is_listed_with_what_went_wrong(page_of):
    issued(mails=True)
    error = "The mail server <b>x</b> does not answer."
    Delivery.objects.update(state="retrying", attempts=2, at=NOW, error=error)
    page = page_of()
    assert "boss@amis.example" in page
    assert "Trying again" in page
    assert "The mail server &lt;b&gt;x&lt;/b&gt; does not answer." in page


def test_without_a_mail_server_the_page_says_what_to_set(page_of, mail):
    assert "Nothing is mailed yet: set SMTP_SERVER and restart AMIS." in page_of()
    mail(server="127.0.0.1", receivers=())
    page = page_of("engineer")
    assert "Nothing is mailed yet" not in page
    assert "Nobody gets it" in page


@pytest.mark.parametrize(
    ("role", "makes", "schedules"),
    [("viewer", False, False), ("supervisor", True, False), ("manager", True, True)],
)
def test_each_role_is_offered_what_it_may_do(page_of, role, makes, schedules):
    page = page_of(role)
    assert ("Make report</button>" in page) is makes
    assert ("Save schedule</button>" in page) is schedules


def test_the_form_begins_with_the_newest_day_that_has_ended(page_of):
    assert 'name="from" value="2026-11-18"' in page_of()


def test_a_plant_without_a_record_is_told_what_is_missing(db, at, mail, lyon, mallory, client_of):
    page = client_of(mallory, lyon).get("/reports/").content.decode()
    assert "there is no machine yet" in page
    assert "Make report</button>" not in page


def test_a_report_that_failed_says_why_and_can_be_tried_again(page_of):
    job = create_job(kind="report", user_id=1, user_label="alice")
    begin_report(wanted_days("daily", DAY), now=NOW, job=job)
    finish_job(job=job, state=Job.State.FAILED, message="Pango is missing.")
    page = page_of()
    assert "Pango is missing." in page
    assert "<strong>Report: Wed 18 Nov</strong>" in page
    assert '<input type="hidden" name="from" value="2026-11-18">' in page
    assert '<input type="hidden" name="to" value="2026-11-19">' in page
    assert ">Retry</button>" in page


def test_a_report_that_is_being_made_shows_its_progress(page_of):
    job = create_job(kind="report", user_id=1, user_label="alice")
    Job.objects.filter(pk=job.pk).update(state="running", percent=42, step="Setting the pages")
    page = page_of()
    assert "Setting the pages" in page
    assert 'value="42"' in page
    assert ">Cancel</button>" in page
