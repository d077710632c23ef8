"""Who gets a report, what becomes of each attempt, and what a person reads about it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context

from reports.document.plain import to_plain
from reports.models import Delivery, Report, ReportFile, ReportSchedule
from reports.selectors.schedule import plant_schedule
from reports.services import smtp
from reports.services.begin import begin_report, wanted_days
from reports.services.deliveries import deliver, due, mail_now, mail_report
from reports.services.issue import issue_report
from reports.tests.conftest import NOW
from reports.tests.mail_servers import Postman, free_port, mail_server, rude_server
from reports.tests.sample_content import sample_content

FILES = {"pdf": ("day.pdf", b"%PDF-1.7 day"), "xlsx": ("day.xlsx", b"PK day")}
BOSS, ANN, BEN = "boss@amis.example", "ann@amis.example", "ben@amis.example"


def issued(day: date = date(2026, 11, 18), *, mails: bool = True) -> Report:
    report, _ = begin_report(wanted_days("daily", day, mails=mails), now=NOW)
    content = to_plain(sample_content())
    issue_report(report, content=content, files=FILES, insight=None, made_at=NOW)
    report.refresh_from_db()
    return report


def recipients(*addresses: str) -> None:
    plant_schedule()
    ReportSchedule.objects.update(recipients=list(addresses))


def rows() -> list[tuple[str, str, int]]:
    found = Delivery.objects.order_by("to").values_list("to", "state", "attempts")
    return list(found)


@pytest.fixture
def plant(db, at, mail, chicago):
    with tenant_context(chicago):
        yield chicago


def test_each_recipient_of_the_plant_gets_a_letter_of_its_own(plant, mail):
    recipients(ANN, BEN)
    issued()
    postman = Postman()
    with mail_server(postman) as port:
        mail(server="127.0.0.1", port=port)
        deliver(due(NOW))
    assert rows() == [(ANN, "sent", 1), (BEN, "sent", 1)]
    assert [(to, message["To"]) for to, message in postman.letters] == [(ANN, ANN), (BEN, BEN)]
    message = postman.letters[0][1]
    assert message["Subject"] == "Chicago, Wed 18 Nov: OEE 82.5\u00a0%, below target"
    text = message.get_body(("plain",)).get_content()
    assert "OEE: 82.5\u00a0% (target 85.0\u00a0%); Tue 83.4\u00a0%" in text
    assert re.search(r"http://plant-chicago\.amis\.localhost(:\d+)?/reports/", text)
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == ["day.pdf", "day.xlsx"]
    assert len({message["Message-ID"] for _, message in postman.letters}) == 2


def test_a_plant_that_names_nobody_mails_to_email_receiver(plant, mail, lyon):
    recipients(ANN)
    with tenant_context(lyon):
        issued()
        assert [to for to, *_ in rows()] == [BOSS]
    assert rows() == []


def test_without_a_server_the_demo_keeps_its_mail_in_a_folder(plant, mail, monkeypatch, is_demo):
    issued()
    deliver(due(NOW))
    (path,) = settings.MAIL_DIR.glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    assert (message["To"], rows()) == (BOSS, [(BOSS, "sent", 1)])
    assert path.stat().st_mode & 0o077 == 0


def test_without_a_server_the_report_is_kept_and_the_delivery_says_what_to_set(plant, mail):
    report = issued()
    deliver(due(NOW))
    row = Delivery.objects.get()
    assert (row.state, report.state) == ("failed", "issued")
    assert row.error == "Nothing is mailed yet: set SMTP_SERVER and restart AMIS."


def test_a_server_that_is_away_is_tried_five_times_at_growing_distances(plant, mail, at):
    issued()
    mail(server="127.0.0.1", port=free_port())
    now, waits = NOW, []
    while ids := due(now):
        deliver(ids)
        row = Delivery.objects.get()
        if row.next_at is None:
            break
        assert row.state == "retrying"
        assert "refuses connections" in row.error
        assert due(row.next_at - timedelta(seconds=1)) == []
        waits.append((row.next_at - now).total_seconds())
        now = row.next_at
        at(now)
    assert waits == [30, 60, 120, 240]
    assert rows() == [(BOSS, "failed", 5)]


def test_a_server_that_comes_back_gets_the_same_message(plant, mail, at):
    issued()
    before = Delivery.objects.get().message_id
    mail(server="127.0.0.1", port=free_port())
    deliver(due(NOW))
    later = NOW + timedelta(minutes=1)
    at(later)
    postman = Postman()
    with mail_server(postman) as port:
        mail(server="127.0.0.1", port=port)
        deliver(due(later))
    assert rows() == [(BOSS, "sent", 2)]
    assert Delivery.objects.get().error == ""
    assert [message["Message-ID"] for _, message in postman.letters] == [before]


def test_a_refused_recipient_stops_no_other_and_is_not_tried_again(plant, mail):
    recipients(ANN, BEN)
    issued()
    postman = Postman(refuses={ANN: "550 5.1.1 No such user"})
    with mail_server(postman) as port:
        mail(server="127.0.0.1", port=port)
        deliver(due(NOW))
    assert rows() == [(ANN, "failed", 1), (BEN, "sent", 1)]
    assert "550 5.1.1 No such user" in Delivery.objects.get(to=ANN).error
    assert due(NOW + timedelta(days=1)) == []


def test_a_full_mailbox_is_tried_again_and_holds_up_no_other(plant, mail):
    recipients(ANN, BEN)
    issued()
    postman = Postman(refuses={ANN: "452 4.2.2 Mailbox full"})
    with mail_server(postman) as port:
        mail(server="127.0.0.1", port=port)
        deliver(due(NOW))
    assert rows() == [(ANN, "retrying", 1), (BEN, "sent", 1)]


def test_a_letter_that_ended_each_of_its_workers_is_given_up_and_the_next_one_goes(plant, mail):
    recipients(ANN, BEN)
    issued()
    Delivery.objects.filter(to=ANN).update(attempts=5)
    postman = Postman()
    with mail_server(postman) as port:
        mail(server="127.0.0.1", port=port)
        deliver(due(NOW))
    assert rows() == [(ANN, "failed", 5), (BEN, "sent", 1)]


def test_a_server_that_hangs_holds_up_a_round_only_once(plant, mail, monkeypatch):
    recipients(ANN, BEN, BOSS)
    issued()
    monkeypatch.setattr(smtp.send, "__kwdefaults__", {"within_s": 0.5})
    with rude_server() as port:
        mail(server="127.0.0.1", port=port)
        deliver(due(NOW))
    assert {(state, attempts) for _, state, attempts in rows()} == {("retrying", 1)}
    assert {row.error.endswith("did not finish within 0.5 s.") for row in Delivery.objects.all()}


def test_what_somebody_else_is_sending_is_left_to_them(plant, mail, is_demo):
    issued()
    Delivery.objects.update(lease_until=NOW + timedelta(seconds=5))
    deliver(list(Delivery.objects.values_list("pk", flat=True)))
    assert due(NOW) == []
    assert rows() == [(BOSS, "waiting", 0)]
    assert due(NOW + timedelta(seconds=6)) != []


def test_a_report_that_is_asked_to_be_mailed_later_is_mailed_once(plant, mail):
    report = issued(mails=False)
    assert rows() == []
    mail_report(report)
    mail_report(report)
    assert rows() == [(BOSS, "waiting", 0)]


def test_a_person_can_have_it_mailed_once_more_to_those_who_get_it_now(plant, mail, is_demo):
    recipients(ANN, BEN)
    report = issued()
    deliver(due(NOW))
    recipients(BEN, BOSS)
    mail_now(report)
    assert rows() == [(ANN, "sent", 1), (BEN, "sent", 1), (BOSS, "sent", 1)]
    letters = [path.read_bytes() for path in settings.MAIL_DIR.glob("*.eml")]
    assert sum(f"To: {BEN}".encode() in letter for letter in letters) == 2
    assert len(letters) == 4


def test_a_correction_supersedes_what_was_issued_and_leaves_it_as_it_was(plant, mail):
    first = issued()
    second = issued()
    first.refresh_from_db()
    assert (first.revision, first.state) == (1, "superseded")
    assert (second.revision, second.state) == (2, "issued")
    assert ReportFile.objects.filter(report=first).count() == 2


def test_issuing_twice_changes_nothing(plant, mail):
    report = issued()
    again = {"pdf": ("other.pdf", b"other")}
    issue_report(report, content={}, files=again, insight=None, made_at=NOW + timedelta(hours=1))
    report.refresh_from_db()
    assert report.made_at == NOW
    assert report.content["head"]["plant_name"] == "Chicago"
    assert set(report.files.values_list("name", flat=True)) == {"day.pdf", "day.xlsx"}


def test_the_letter_of_a_report_that_is_mailed_long_after_its_time_says_so(plant, is_demo, at):
    report = issued(mails=False)
    at(NOW + timedelta(hours=2))
    mail_report(report, due_at=NOW)
    deliver(due(NOW + timedelta(hours=2)))
    (path,) = settings.MAIL_DIR.glob("*.eml")
    letter = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert letter["Subject"].endswith("(sent late)")
    assert "was due earlier" in letter.get_body(("plain",)).get_content()
