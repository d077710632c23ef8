"""What a model looks at, told by what people know: its features summed up in families."""

from __future__ import annotations

import re
from collections.abc import Iterable

NOW = "State now and the last 24 h"
FAMILIES = (
    (r"shift|weekday|lead_min|planned_min", "Shift, weekday, how far ahead"),
    (r"down_now|down_for_min|up_for_min|.*_so_far(_min)?|.*_24_h(_min)?", NOW),
    (r"stops_.*|last_stop_min|typical_stop_min", "Number and length of stops"),
    (r"(long_)?downtime_.*|shifts_since_downtime", "Downtime of earlier shifts"),
    (r"maintenance_.*", "Maintenance"),
    (r"fleet_.*", "Downtime of all machines"),
    (r"(quality|efficiency|defect_rate|units)_.*", "Pieces, speed and scrap"),
)
"""A feature belongs to the first family whose pattern its whole name is."""
OF_SIGNAL = re.compile(r"(.+) (mean|max|slope|change)")


def family_of(feature: str) -> str:
    """The family's name: a process signal is one of its own, what is in none keeps its name.

    >>> family_of("downtime_lag_1"), family_of("vibration slope")
    ('Downtime of earlier shifts', 'Vibration')
    """
    if found := OF_SIGNAL.fullmatch(feature):
        signal = found[1]
        return signal[:1].upper() + signal[1:]
    named = (name for pattern, name in FAMILIES if re.fullmatch(pattern, feature))
    return next(named, feature.replace("_", " "))


def in_families(shares: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """(family, share), largest first; the shares add up to what they did."""
    summed: dict[str, float] = {}
    for feature, share in shares:
        family = family_of(feature)
        summed[family] = summed.get(family, 0.0) + share
    return sorted(summed.items(), key=lambda one: -one[1])
