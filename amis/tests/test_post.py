"""Letters to people: queued by whoever writes, sent by a worker, kept by the demo."""

from __future__ import annotations

import logging
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage, get_connection

from amis import post, tasks
from amis.environment import Mail
from reports.services.smtp import NotSent
from reports.tests.mail_servers import Postman, mail_server

ANN = "ann@host.example"


@pytest.fixture
def queue(monkeypatch) -> list[tuple]:
    """What workers are given."""
    given = []
    monkeypatch.setattr(
        post.current_app, "send_task", lambda name, args, **_: given.append((name, args))
    )
    return given


@pytest.fixture
def mail(settings) -> Mail:
    settings.EMAIL_BACKEND = "amis.post.Queued"
    settings.MAIL = Mail("amis@host.example", (), "", 587, "")
    settings.DEFAULT_FROM_EMAIL = settings.MAIL.sender
    return settings.MAIL


def write(to: str = ANN) -> int:
    letter = EmailMessage("Grüße", "Here is a link:\nhttp://x/" + "y" * 90, to=[to])
    return get_connection("amis.post.Queued").send_messages([letter])


def test_a_letter_goes_to_a_worker_and_then_to_its_server(mail, queue, settings):
    postman = Postman()
    with mail_server(postman) as port:
        settings.MAIL = replace(mail, server="127.0.0.1", port=port)
        assert write() == 1
        [(name, arguments)] = queue
        assert name == tasks.post.name
        assert not postman.letters
        post.post(*arguments)
    [(to, letter)] = postman.letters
    assert (to, letter["To"]) == (ANN, ANN)
    assert letter["From"] == "amis@host.example"
    assert letter["Subject"] == "Grüße"
    assert "http://x/" + "y" * 90 in letter.get_content()


def test_the_demo_keeps_its_letters_in_a_folder(mail, queue, settings, tmp_path):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    settings.MAIL_DIR = tmp_path
    write()
    post.post(*queue[0][1])
    [file] = tmp_path.glob("*.eml")
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == ANN


def test_without_a_mail_server_the_log_says_what_is_missing(mail, queue, caplog):
    assert write() == 0
    assert not queue
    assert "set SMTP_SERVER and EMAIL_SENDER" in caplog.text


def test_a_letter_that_cannot_go_for_good_is_told_without_its_words(mail, monkeypatch, caplog):
    def refuse(*_: object) -> None:
        raise NotSent("The server refused ann@host.example.", for_good=True)

    monkeypatch.setattr(post, "post", refuse)
    with caplog.at_level(logging.ERROR):
        tasks.post.apply(args=("c2VjcmV0", ANN))
    assert "A letter was not sent" in caplog.text
    assert "c2VjcmV0" not in caplog.text


def test_a_letter_that_may_go_later_is_tried_again(mail, monkeypatch, caplog):
    tried = []

    def refuse_once(text: str, to: str) -> None:
        tried.append(to)
        if len(tried) == 1:
            raise NotSent("The server is busy.")

    monkeypatch.setattr(post, "post", refuse_once)
    tasks.post.apply(args=("c2VjcmV0", ANN))
    assert tried == [ANN, ANN]
    assert "was not sent" not in caplog.text


def test_a_letter_is_given_up_after_five_attempts(mail, monkeypatch, caplog):
    tried = []

    def refuse(text: str, to: str) -> None:
        tried.append(to)
        raise NotSent("The server is busy.")

    monkeypatch.setattr(post, "post", refuse)
    tasks.post.apply(args=("c2VjcmV0", ANN))
    assert len(tried) == 5
    assert "A letter was not sent: The server is busy." in caplog.text
