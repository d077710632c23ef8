"""A report as an e-mail: words and a table, with the files attached and the verdict as subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

TYPES = {
    "pdf": ("application", "pdf"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("text", "csv"),
    "zip": ("application", "zip"),
}
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What every recipient of a report gets. `files` are their contents by name."""

    sender: str
    subject: str
    text: str
    html: str
    made_at: datetime
    files: Mapping[str, bytes]


def message_to(recipient: str, letter: Letter, *, message_id: str) -> EmailMessage:
    """The letter to one recipient, who sees no other. Equal arguments give an equal message but for
    its boundaries, so that whoever gets it twice can tell by its Message-ID.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("AMIS", addr_spec=letter.sender)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(letter.made_at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for name, content in letter.files.items():
        main, sub = TYPES.get(name.rpartition(".")[2], ("application", "octet-stream"))
        message.add_attachment(content, maintype=main, subtype=sub, filename=one_line(name))
    return message


def one_line(text: str) -> str:
    """Text for a header: a name with a line break in it begins no header of its own."""
    printable = "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text)
    return " ".join(printable.split(" "))[:LONGEST_SUBJECT].strip() or "AMIS"
