"""Letters to people: handed to a worker, so that no page waits for a mail server, nor tells by its
time whether it wrote to somebody.
"""

from __future__ import annotations

import logging
import uuid
from base64 import b64decode, b64encode
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as Letter
from typing import cast

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from kombu.exceptions import OperationalError

from reports.services.mailbox import keep
from reports.services.smtp import send

log = logging.getLogger(__name__)
TASK = "amis.tasks.post"


class Queued(BaseEmailBackend):
    """Django's way to mail. A letter that cannot go is told in the log and to nobody else."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(self._hand_over(message) for message in email_messages)

    def _hand_over(self, message: EmailMessage) -> bool:
        if not may_post():
            log.warning("Nothing is mailed yet: set SMTP_SERVER and EMAIL_SENDER and restart AMIS.")
            return False
        domain = settings.MAIL.sender.rpartition("@")[2]
        message.extra_headers.setdefault("Message-ID", f"<{uuid.uuid4().hex}@{domain}>")
        text = b64encode(message.message().as_bytes()).decode()
        try:
            for to in message.recipients():
                current_app.send_task(TASK, (text, to), retry=False)
        except OperationalError:
            log.error("A letter was not sent: no worker takes messages.")
            return False
        return True


def may_post() -> bool:
    return bool(settings.MAIL.sender and (settings.MAIL.server or settings.ENVIRONMENT.demo))


def post(text: str, to: str) -> None:
    """Send a letter of the queue; the demo without a mail server keeps it. Raises NotSent."""
    letter = cast(Letter, message_from_bytes(b64decode(text), policy=policy.default))
    if settings.MAIL.server:
        send(letter, to=to, mail=settings.MAIL)
    else:
        keep(letter, settings.MAIL_DIR)
