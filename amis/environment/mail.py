"""How reports are mailed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from amis.environment.values import Values

ADDRESS = re.compile(r"[\w!#$%&'*+./=?^`{|}~-]+@[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?", re.ASCII)
"""An e-mail address as mail servers take it without further agreement."""
NO_HOST = re.compile(r"[\s/@,]")
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
    server = values.text("SMTP_SERVER")
    if NO_HOST.search(server):
        values.faults.append(f"SMTP_SERVER: {server!r} is not the name of a host")
    port = values.number("SMTP_PORT", 587, int, lowest=1, highest=65535)
    return Mail(sender, listed, server, port, values.text("EMAIL_PASSWORD"))


def _check(values: Values, name: str, addresses: Sequence[str]) -> None:
    for one in addresses:
        if not ADDRESS.fullmatch(one):
            values.faults.append(f"{name}: {one!r} is not an e-mail address")
