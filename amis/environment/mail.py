"""How reports are mailed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from amis.addresses import is_mail_address
from amis.environment.urls import host_of
from amis.environment.values import Values, shown

DEMO_SENDER, DEMO_RECEIVER = "amis@amis.example", "reports@amis.example"


@dataclass(frozen=True, slots=True)
class Mail:
    """Without a server nothing is mailed. `receivers` get the reports of plants that name nobody;
    without a password nobody signs in.
    """

    sender: str
    receivers: tuple[str, ...]
    server: str
    port: int
    password: str = field(repr=False)


def mail_of(values: Values, *, demo: bool) -> Mail:
    """From EMAIL_… and SMTP_…. The demo has a sender and a receiver, as it keeps its mail in a
    folder.
    """
    sender = values.text("EMAIL_SENDER", DEMO_SENDER if demo else "")
    receivers = values.text("EMAIL_RECEIVER", DEMO_RECEIVER if demo else "")
    listed = tuple(one.strip() for one in receivers.split(",") if one.strip())
    _check(values, "EMAIL_SENDER", [sender] if sender else [])
    _check(values, "EMAIL_RECEIVER", listed)
    server = host_of(values, "SMTP_SERVER", values.text("SMTP_SERVER"))
    port = values.number("SMTP_PORT", 587, int, lowest=1, highest=65535)
    return Mail(sender, listed, server, port, values.text("EMAIL_PASSWORD"))


def _check(values: Values, name: str, addresses: Sequence[str]) -> None:
    for one in addresses:
        if not is_mail_address(one):
            values.faults.append(
                f"{name}: {shown(one)} is not an e-mail address; write one such as ann@host.example"
            )
