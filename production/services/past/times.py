"""Times as files write them: ISO 8601 with an offset, or without one in plant time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def instant_of(text: str, zone: ZoneInfo, *, second: bool = False) -> datetime | None:
    """The instant in UTC; None where the text is no time or lies before 1970.

    A date alone is its midnight. Of an hour that the plant's clock shows twice it is the first one,
    or the `second`; a time that the clock skips is the end of the gap.
    """
    if not ISO.fullmatch(text):
        return None
    try:
        wall = datetime.fromisoformat(text)
        at = wall.astimezone(UTC) if wall.tzinfo else _from_plant(wall, zone, second=second)
    except (ValueError, OverflowError):
        return None
    return at if at >= EARLIEST else None


def _from_plant(wall: datetime, zone: ZoneInfo, *, second: bool) -> datetime:
    at = wall.replace(tzinfo=zone, fold=int(second)).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    after = wall.replace(second=0, microsecond=0)
    while (at := after.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(
        tzinfo=None
    ) != after:
        after += MINUTE
    return at
