"""Changing when a plant's report is made and who gets it; every fault names its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction

from amis.addresses import is_mail_address
from amis.errors import Invalid
from reports.models import ReportSchedule
from reports.models.schedule import FORMATS, WEEKDAYS
from reports.selectors.schedule import plant_schedule

TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(:00)?")
LONGEST, MOST_RECIPIENTS = 254, 50
WHEN = ("enabled", "time", "weekdays")
READ_ONLY = ("next_at",)


@transaction.atomic
def set_schedule(values: Mapping[str, Any], *, now: datetime) -> ReportSchedule:
    """Change what `values` name. Raises Invalid with all that is wrong with them.

    A new time counts from now on: what it would have made due earlier today is not missed.
    """
    schedule = ReportSchedule.objects.select_for_update().get(pk=plant_schedule().pk)
    before = [getattr(schedule, name) for name in WHEN]
    faults: list[dict[str, Any]] = []
    for name, value in values.items():
        if name in READ_ONLY:
            continue
        try:
            setattr(schedule, name, CHECKS[name](value))
        except KeyError:
            faults.append(_fault(name, "is not a field of the schedule"))
        except ValueError as error:
            faults.append(_fault(name, str(error)))
    if faults:
        said = "; ".join(f"{fault['field']}: {fault['message']}" for fault in faults)
        raise Invalid(f"{said}.", errors=faults)
    if [getattr(schedule, name) for name in WHEN] != before:
        schedule.since = now
    schedule.save()
    return schedule


def checked_formats(value: Any) -> list[str]:
    """Formats in the order of FORMATS. Raises ValueError with the reason."""
    return _some_of(value, FORMATS, "format")


def _fault(field: str, message: str) -> dict[str, Any]:
    return {"row": None, "field": str(field)[:LONGEST], "message": message}


def _enabled(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _time(value: Any) -> time:
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a time of day such as 08:00")
    return time(int(match[1]), int(match[2]))


def _weekdays(value: Any) -> list[str]:
    return _some_of(value, WEEKDAYS, "weekday")


def _some_of(value: Any, choices: tuple[str, ...], what: str) -> list[str]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"must be a list of at least one {what}")
    wrong = [one for one in value if not isinstance(one, str) or one not in choices]
    if wrong:
        raise ValueError(f"must only hold {', '.join(choices)}")
    return [one for one in choices if one in value]


def _recipients(value: Any) -> list[str]:
    """Each address once, whatever its case."""
    if not isinstance(value, list) or len(value) > MOST_RECIPIENTS:
        raise ValueError(f"must be a list of at most {MOST_RECIPIENTS} e-mail addresses")
    found: dict[str, str] = {}
    for one in value:
        address = one.strip() if isinstance(one, str) else ""
        if not is_mail_address(address):
            raise ValueError(f"{str(one)[:60]!r} is not an e-mail address")
        found.setdefault(address.lower(), address)
    return list(found.values())


CHECKS = {
    "enabled": _enabled,
    "time": _time,
    "weekdays": _weekdays,
    "recipients": _recipients,
    "formats": checked_formats,
}
