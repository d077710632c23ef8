"""Mailing a report: one row a recipient, tried until it is sent, refused or tried often enough."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.errors import MessageError

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone as clock

from reports.models import Delivery, Report
from reports.selectors.schedule import plant_schedule
from reports.services.letter import message_to
from reports.services.letter_of import letter_of
from reports.services.mailbox import keep
from reports.services.smtp import Mail, NotSent, send

FIRST_RETRY = timedelta(seconds=30)
MOST_ATTEMPTS = 5
LEASE = timedelta(seconds=45)
"""Longer than a conversation, so that nobody else takes up what is being sent."""
TO_DO = (Delivery.State.WAITING, Delivery.State.RETRYING)


def recipients() -> list[str]:
    """Who gets the plant's reports: whom its schedule names, else EMAIL_RECEIVER."""
    return list(plant_schedule().recipients) or list(settings.MAIL.receivers)


@transaction.atomic
def mail_report(report: Report, *, due_at: datetime | None = None) -> None:
    """Have a report mailed: now when it is issued, else as soon as it is. Mailed long after the
    schedule wanted it, it is late, whenever it was made.
    """
    row = Report.objects.select_for_update().get(pk=report.pk)
    row.mails, row.due_at = True, row.due_at or due_at
    if row.state == Report.State.ISSUED:
        row.late = row.is_late_at(clock.now())
        address(row)
    row.save(update_fields=["mails", "due_at", "late"])


def address(report: Report) -> None:
    """A row for each recipient that has none of this report yet."""
    Delivery.objects.bulk_create(
        (
            Delivery(report=report, to=to, message_id=_message_id(report))
            for to in dict.fromkeys(recipients())
        ),
        ignore_conflicts=True,
    )


def mail_now(report: Report) -> None:
    """Somebody wants an issued report mailed at once, whether or not it was: a new message to every
    recipient of now, and the first attempt here, because the workers may have other settings.
    """
    with transaction.atomic():
        for row in report.deliveries.select_for_update().filter(to__in=recipients()):
            row.state, row.attempts, row.error = Delivery.State.WAITING, 0, ""
            row.next_at = row.lease_until = None
            row.message_id = _message_id(report)
            row.save()
        mail_report(report)
        held = _hold(due(clock.now(), report=report))
    _deliver(held)


def due(now: datetime, *, report: Report | None = None) -> list[int]:
    """Deliveries that are to be tried now and that nobody tries, oldest report first."""
    rows = Delivery.objects.filter(_open(now))
    if report is not None:
        rows = rows.filter(report=report)
    return list(rows.order_by("report__made_at", "pk").values_list("pk", flat=True))


def deliver(delivery_ids: Iterable[int]) -> None:
    """Try each once that nobody else tries."""
    _deliver(_hold(list(delivery_ids)))


def _deliver(held: Iterable[Delivery]) -> None:
    """When the server itself fails, the others of this round have failed with it: a server that
    hangs must not hold up a worker once for each recipient.
    """
    trouble: NotSent | None = None
    for row in held:
        if row.attempts >= MOST_ATTEMPTS:
            # Each attempt ended its worker: not once more, and not before all the others again.
            _settle(row, NotSent("It could not be tried to the end.", for_good=True))
            continue
        _begin(row)
        failure = trouble or _try(row)
        _settle(row, failure)
        is_servers = failure is not None and not failure.for_good and not failure.of_one
        trouble = failure if is_servers else None


def _open(now: datetime) -> Q:
    waits = Q(next_at__isnull=True) | Q(next_at__lte=now)
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return waits & is_free & Q(state__in=TO_DO)


@transaction.atomic
def _hold(delivery_ids: list[int]) -> list[Delivery]:
    """Take those that nobody tries, each for as long as its turn may take to come and go."""
    now = clock.now()
    rows = Delivery.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("report").filter(_open(now), pk__in=delivery_ids).order_by("pk")
    held = list(rows)
    for turn, row in enumerate(held, start=1):
        row.lease_until = now + turn * LEASE
    Delivery.objects.bulk_update(held, ["lease_until"])
    return held


def _begin(row: Delivery) -> None:
    """An attempt counts from its beginning, so that one that ends the worker counts too."""
    row.attempts, row.at = row.attempts + 1, clock.now()
    row.save(update_fields=["attempts", "at"])


def _try(row: Delivery) -> NotSent | None:
    """One attempt. A worker that is killed between the server's yes and ours sends a second copy
    with the same Message-ID, which is better than none.
    """
    mail: Mail = settings.MAIL
    is_demo = settings.ENVIRONMENT.demo and not mail.server
    try:
        if not is_demo:
            _check(mail)
        message = message_to(row.to, letter_of(row.report), message_id=row.message_id)
        if is_demo:
            keep(message, settings.MAIL_DIR)
        else:
            send(message, to=row.to, mail=mail)
    except NotSent as error:
        return error
    except OSError as error:
        return NotSent(f"The message cannot be kept: {error}", of_one=True)
    except (ValueError, MessageError) as error:
        return NotSent(f"The message cannot be written: {error}", for_good=True)
    return None


def _check(mail: Mail) -> None:
    """Raise NotSent, for good, while nobody has said how to mail."""
    missing = [
        name
        for name, value in (("SMTP_SERVER", mail.server), ("EMAIL_SENDER", mail.sender))
        if not value
    ]
    if missing:
        names = " and ".join(missing)
        raise NotSent(f"Nothing is mailed yet: set {names} and restart AMIS.", for_good=True)


def _settle(row: Delivery, failure: NotSent | None) -> None:
    row.lease_until = row.next_at = None
    row.error = failure.message if failure else ""
    if failure is None:
        row.state = Delivery.State.SENT
    elif failure.for_good or row.attempts >= MOST_ATTEMPTS:
        row.state = Delivery.State.FAILED
    else:
        row.state = Delivery.State.RETRYING
        row.next_at = clock.now() + FIRST_RETRY * 2 ** (row.attempts - 1)
    row.at = clock.now()
    row.save(update_fields=["state", "error", "at", "next_at", "lease_until"])


def _message_id(report: Report) -> str:
    """Unlike any other; the same for every attempt of one delivery."""
    domain = settings.MAIL.sender.rpartition("@")[2] or settings.BASE_DOMAIN.split(":")[0]
    return f"<report-{report.pk}.{uuid.uuid4().hex[:20]}@{domain}>"
