"""One conversation with a mail server: in time, under TLS where there is a password, in words when
it fails.
"""

from __future__ import annotations

import ipaddress
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Protocol

from amis.errors import AmisError

CONVERSATION_S, FAREWELL_S = 30.0, 2.0
TLS_FROM_THE_START = 465


class Mail(Protocol):
    """How mail goes, as the settings say; without a password nobody signs in."""

    @property
    def sender(self) -> str: ...
    @property
    def server(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def password(self) -> str: ...


class NotSent(AmisError):
    """The message did not go. `extra["for_good"]` says that it never will; anything else may be
    better the next time. `of_one` says that the server refused this recipient or message and may
    take the next one.
    """

    code = "not_sent"

    def __init__(self, message: str, *, for_good: bool = False, of_one: bool = False) -> None:
        super().__init__(message, for_good=for_good)
        self.of_one = of_one

    @property
    def for_good(self) -> bool:
        return bool(self.extra["for_good"])


def send(message: EmailMessage, *, to: str, mail: Mail, within_s: float = CONVERSATION_S) -> None:
    """Hand a message to the server. Raises NotSent, at the latest when the time is up."""
    deadline = time.monotonic() + within_s
    try:
        with _server(mail, deadline) as server:
            _secure(server, mail)
            _sign_in(server, mail)
            _hand_over(server, message, to=to, sender=mail.sender)
            _part(server)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        if time.monotonic() >= deadline:
            raise NotSent(f"{_name(mail)} did not finish within {within_s:g} s.") from error
        raise NotSent(_failure(error, mail)) from error


class _Connection(smtplib.SMTP):
    """smtplib's, whose waits end with the conversation's time."""

    def __init__(self, mail: Mail, deadline: float) -> None:
        self._deadline = deadline
        self._tls = tls_context(mail) if mail.port == TLS_FROM_THE_START else None
        super().__init__(local_hostname=socket.gethostname(), timeout=deadline - time.monotonic())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        left = max(self._deadline - time.monotonic(), 0.01)
        plain = socket.create_connection((host, port), left)
        if time.monotonic() >= self._deadline:
            # Each address of a host was waited for in turn.
            plain.close()
            raise TimeoutError
        return self._tls.wrap_socket(plain, server_hostname=host) if self._tls else plain


@contextmanager
def _server(mail: Mail, deadline: float) -> Iterator[_Connection]:
    """The server, greeted. A watch closes the line when the time is up, because a server that says
    a byte now and then never lets a single wait run out.
    """
    server = _Connection(mail, deadline)
    watch = threading.Timer(max(deadline - time.monotonic(), 0.01), _hang_up, (server,))
    watch.daemon = True
    watch.start()
    try:
        server._host = mail.server  # the name that TLS asks for
        code, said = server.connect(mail.server, mail.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        server.ehlo_or_helo_if_needed()
        yield server
    finally:
        watch.cancel()
        server.close()


def _hang_up(server: _Connection) -> None:
    line = getattr(server, "sock", None)
    if line is not None:
        # Not the method of a TLS socket, which would take its state away from a thread that reads.
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)


def _secure(server: _Connection, mail: Mail) -> None:
    if mail.port == TLS_FROM_THE_START:
        return
    if server.has_extn("starttls"):
        server.starttls(context=tls_context(mail))
        server.ehlo_or_helo_if_needed()
    elif mail.password:
        raise NotSent(f"{_name(mail)} offers no TLS, so EMAIL_PASSWORD was not sent to it.")


def tls_context(mail: Mail) -> ssl.SSLContext:
    """The server proves who it is where a secret goes to it over a network. On this machine, or
    where it could as well have offered no TLS, an unproven line is better than an open one.
    """
    context = ssl.create_default_context()
    is_optional = mail.port != TLS_FROM_THE_START and not mail.password
    if is_optional or _is_loopback(mail.server):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in {"localhost", "localhost.localdomain"}


def _sign_in(server: _Connection, mail: Mail) -> None:
    if not mail.password:
        return
    if not server.has_extn("auth"):
        raise NotSent(f"{_name(mail)} takes no password; leave EMAIL_PASSWORD empty.")
    try:
        server.login(mail.sender, mail.password)
    except smtplib.SMTPAuthenticationError as error:
        said = _said(error.smtp_code, error.smtp_error)
        raise NotSent(f"{_name(mail)} refused EMAIL_SENDER with EMAIL_PASSWORD: {said}") from error


def _hand_over(server: _Connection, message: EmailMessage, *, to: str, sender: str) -> None:
    try:
        server.send_message(message, from_addr=sender, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[to]
        raise _refused(f"refused {to}", code, said) from error
    except smtplib.SMTPSenderRefused as error:
        said = _said(error.smtp_code, error.smtp_error)
        raise NotSent(f"The mail server refused EMAIL_SENDER {sender}: {said}") from error
    except smtplib.SMTPDataError as error:
        raise _refused("refused the message", error.smtp_code, error.smtp_error) from error


def _part(server: _Connection) -> None:
    """The message is theirs now, whatever comes of the farewell."""
    with suppress(OSError, smtplib.SMTPException):
        server.sock.settimeout(FAREWELL_S)
        server.quit()


def _refused(what: str, code: int, said: bytes | str) -> NotSent:
    sentence = f"The mail server {what}: {_said(code, said)}"
    return NotSent(sentence, for_good=500 <= code < 600, of_one=True)


def _failure(error: Exception, mail: Mail) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"{_name(mail)} shows a certificate that is not trusted: {error.verify_message}."
        case socket.gaierror():
            return f"There is no host {mail.server} (SMTP_SERVER)."
        case ConnectionRefusedError():
            return f"{_name(mail)} refuses connections."
        case TimeoutError():
            return f"{_name(mail)} does not answer."
        case smtplib.SMTPServerDisconnected():
            return f"{_name(mail)} closed the connection."
        case smtplib.SMTPResponseException():
            return f"{_name(mail)} said {_said(error.smtp_code, error.smtp_error)}"
    return f"{_name(mail)}: {error}"


def _name(mail: Mail) -> str:
    return f"The mail server {mail.server}:{mail.port}"


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:500]
