"""What log lines say and keep to themselves, and that a request can be followed into its task."""

from __future__ import annotations

import json
import logging
import time
from io import StringIO

import pytest
from celery.contrib.testing.worker import start_worker
from daphne.access import AccessLogGenerator
from django_tenants.utils import tenant_context

from amis import clock, trace
from amis.asgi import application
from amis.logs import JsonLine, TextLine, Where, without_secrets
from amis.stack.supervisor import _line

FIELDS = {"time", "level", "logger", "tenant", "user", "request", "task", "message"}


def line_of(message: str, *args: object, **more: object) -> logging.LogRecord:
    record = logging.LogRecord("amis.tests", logging.WARNING, "", 1, message, args, None)
    record.__dict__.update(more)
    Where().filter(record)
    return record


def test_a_line_is_one_object_that_tells_where_who_and_for_what(db, chicago):
    trace.request_id.set("abc-7")
    trace.user.set("alice")
    with tenant_context(chicago):
        record = line_of("Two\nlines of %s", "text")
    text = JsonLine().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert set(line) == FIELDS
    assert (line["tenant"], line["user"], line["request"]) == ("plant_chicago", "alice", "abc-7")
    assert (line["level"], line["message"]) == ("WARNING", "Two\nlines of text")
    assert line["time"].endswith("+00:00")


def test_a_failure_brings_its_traceback_in_the_same_line(db):
    try:
        raise ValueError("password=hunter2 is wrong")
    except ValueError as error:
        record = line_of("It failed", exc_info=(ValueError, error, error.__traceback__))
    text = JsonLine().format(record)
    assert "ValueError" in json.loads(text)["exception"]
    assert "hunter2" not in text + TextLine().format(record)


@pytest.mark.parametrize(
    "text",
    [
        "GET /ws?token=s3cret&x=1",
        "Authorization: Token s3cret",
        "{'password': 's3cret', 'x': 1}",
        '{"new_password": "s3cret"}',
        "postgres says PASSWORD = s3cret",
        "/accounts/enter/?ticket=s3cret",
        "GET /accounts/invitation/s3cret:1v:x/ HTTP/1.1",
        "Internal Server Error: /accounts/password/reset/key/4-s3cret/",
        "sent with api_key=s3cret",
    ],
)
def test_secrets_are_left_out(text):
    assert "s3cret" not in without_secrets(text)


@pytest.mark.parametrize(
    "path", ["/accounts/enter/?ticket=s3cret&x=1", "/accounts/invitation/s3cret:1v:x/"]
)
def test_the_servers_own_line_a_request_opens_nothing(path):
    assert application
    lines = StringIO()
    told = {"client": "192.0.2.1:5", "method": "GET", "path": path, "status": 302, "size": 7}
    AccessLogGenerator(lines)("http", "complete", told)
    assert path.rpartition("s3cret")[0] in lines.getvalue()
    assert "s3cret" not in lines.getvalue()


@pytest.mark.parametrize("text", ["This token is unknown, expired or revoked.", "5 tokens"])
def test_words_about_secrets_stay(text):
    assert without_secrets(text) == text


def test_the_demos_logs_keep_objects_as_they_are():
    assert _line("web", b'{"level": "INFO"}\n') == b'{"level": "INFO"}\n'
    assert b" web: Started" in _line("web", b"Started\n")


def test_a_request_is_followed_into_its_task(committed):
    told: list[dict[str, str]] = []

    @clock.app.task(name="amis.tests.tell")
    def tell() -> None:
        told.append(json.loads(JsonLine().format(line_of("working"))))

    trace.request_id.set("abc-7")
    trace.user.set("alice")
    sent = tell.apply_async(queue="tests")
    with start_worker(clock.app, pool="solo", perform_ping_check=False, queues=["tests"]):
        for _ in range(100):
            if told:
                break
            time.sleep(0.05)
    assert (told[0]["request"], told[0]["user"]) == ("abc-7", "alice")
    assert told[0]["task"] == f"amis.tests.tell:{sent.id}"
