"""One conversation with a mail server, as real servers hold it and as bad ones do."""

from __future__ import annotations

import ssl
import time
from datetime import UTC, datetime

import pytest

from amis.environment import Mail
from reports.services import smtp
from reports.services.letter import Letter, message_to
from reports.services.smtp import NotSent, send, tls_context
from reports.tests.mail_servers import (
    PASSWORD,
    Postman,
    free_port,
    mail_server,
    rude_server,
    server_tls,
)

BOSS = "boss@amis.example"
LETTER = Letter(
    sender="amis@amis.example",
    subject="Chicago, Wed 18 Nov: OEE 82.5\u00a0%, below target",
    text="OEE was 82.5\u00a0%.\n",
    html="<p>OEE was 82.5\u00a0%.</p>",
    made_at=datetime(2026, 11, 19, 14, tzinfo=UTC),
    files={"day.pdf": b"%PDF-1.7\r\n\x00\xff", "day.xlsx": b"PK\x03\x04\n.\n"},
)


def mail_at(port: int, *, password: str = "", server: str = "127.0.0.1") -> Mail:
    return Mail(LETTER.sender, (), server, port, password)


def post(port: int, to: str = BOSS, *, letter: Letter = LETTER, **more) -> None:
    within_s = more.pop("within_s", 10.0)
    message = message_to(to, letter, message_id="<report-1.7@plant-chicago.amis.example>")
    send(message, to=to, mail=mail_at(port, **more), within_s=within_s)


def test_a_letter_arrives_with_its_words_and_files_unchanged():
    postman = Postman()
    with mail_server(postman) as port:
        post(port)
    ((to, got),) = postman.letters
    assert to == BOSS
    assert (got["From"], got["To"]) == ("AMIS <amis@amis.example>", BOSS)
    assert got["Subject"] == LETTER.subject
    assert got["Message-ID"] == "<report-1.7@plant-chicago.amis.example>"
    assert got["Date"].datetime == LETTER.made_at
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_body(("plain",)).get_content().replace("\r\n", "\n") == LETTER.text
    assert LETTER.html in got.get_body(("html",)).get_content()
    attached = {part.get_filename(): part.get_content() for part in got.iter_attachments()}
    assert attached == LETTER.files
    types = [part.get_content_type() for part in got.iter_attachments()]
    assert types[0] == "application/pdf"
    assert types[1].endswith("spreadsheetml.sheet")


@pytest.mark.parametrize("name", ["Chicago\r\nBcc: spy@evil.example", "A\nB", "\x00\x0b\u2028Ä ok"])
def test_no_name_begins_a_header_of_its_own(name):
    letter = Letter(**{**{k: getattr(LETTER, k) for k in LETTER.__slots__}, "subject": name})
    postman = Postman()
    with mail_server(postman) as port:
        post(port, letter=letter)
    ((to, got),) = postman.letters
    assert to == BOSS
    assert got["Bcc"] is None
    assert len(got.get_all("Subject")) == 1


def test_a_password_goes_after_starttls_and_not_before(tmp_path):
    postman = Postman()
    with mail_server(postman, tls_context=server_tls(tmp_path), require_starttls=True) as port:
        post(port, password=PASSWORD)
    assert postman.logins == [b"amis@amis.example"]
    assert postman.was_secure == [True]


def test_tls_is_used_where_it_is_offered_also_without_a_password(tmp_path):
    postman = Postman()
    with mail_server(postman, tls_context=server_tls(tmp_path)) as port:
        post(port)
    assert (postman.was_secure, postman.logins) == ([True], [])


def test_port_465_speaks_tls_from_the_start(tmp_path, monkeypatch):
    postman = Postman()
    with mail_server(postman, ssl_context=server_tls(tmp_path), auth_require_tls=False) as port:
        monkeypatch.setattr(smtp, "TLS_FROM_THE_START", port)
        post(port, password=PASSWORD)
    assert (len(postman.letters), postman.logins) == (1, [b"amis@amis.example"])


def test_a_password_is_never_sent_without_tls():
    postman = Postman()
    with mail_server(postman, auth_require_tls=False) as port, pytest.raises(NotSent) as error:
        post(port, password=PASSWORD)
    assert (postman.logins, postman.letters) == ([], [])
    assert "offers no TLS" in error.value.message
    assert not error.value.for_good


def test_a_certificate_is_checked_where_a_password_goes_over_a_network():
    far = "smtp.example.org"
    assert tls_context(mail_at(587, password="x", server=far)).verify_mode == ssl.CERT_REQUIRED
    assert tls_context(mail_at(465, server=far)).check_hostname
    assert tls_context(mail_at(587, server=far)).verify_mode == ssl.CERT_NONE
    assert tls_context(mail_at(587, password="x")).verify_mode == ssl.CERT_NONE


def test_a_wrong_password_is_told_and_may_be_mended(tmp_path):
    postman = Postman()
    with (
        mail_server(postman, tls_context=server_tls(tmp_path)) as port,
        pytest.raises(NotSent) as error,
    ):
        post(port, password="wrong")
    assert "EMAIL_PASSWORD: 535" in error.value.message
    assert "wrong" not in error.value.message
    assert not error.value.for_good


@pytest.mark.parametrize(
    ("answer", "for_good"), [("550 No such user", True), ("451 Try later", False)]
)
def test_a_refused_recipient_is_final_only_with_a_five(answer, for_good):
    postman = Postman(refuses={BOSS: answer})
    with mail_server(postman) as port, pytest.raises(NotSent) as error:
        post(port)
    assert (error.value.for_good, answer in error.value.message) == (for_good, True)


def test_a_closed_port_says_so():
    with pytest.raises(NotSent, match=r"127.0.0.1:\d+ refuses connections"):
        post(free_port())


@pytest.mark.parametrize(("says", "every_s"), [(b"", 0.0), (b"220-wait\r\n", 0.1), (b"2", 0.1)])
def test_a_server_that_hangs_or_drips_is_left_when_the_time_is_up(says, every_s):
    begun = time.monotonic()
    with rude_server(says, every_s=every_s) as port, pytest.raises(NotSent, match=r"within 0\.7 s"):
        post(port, within_s=0.7)
    assert time.monotonic() - begun < 2.0
