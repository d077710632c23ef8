"""PackML states (ISA-TR88.00.02) and the ISO 22400 class of time that each one is."""

from __future__ import annotations

from enum import StrEnum

STATES: dict[int, str] = {
    1: "Clearing",
    2: "Stopped",
    3: "Starting",
    4: "Idle",
    5: "Suspended",
    6: "Execute",
    7: "Stopping",
    8: "Aborting",
    9: "Aborted",
    10: "Holding",
    11: "Held",
    12: "Unholding",
    13: "Suspending",
    14: "Unsuspending",
    15: "Resetting",
    16: "Completing",
    17: "Complete",
}
CODES: dict[str, int] = {name: code for code, name in STATES.items()}


class TimeClass(StrEnum):
    """What a second of a machine counts as (ISO 22400-2)."""

    APT = "apt"
    AUST = "aust"
    ADET = "adet"
    ADOT = "adot"
    PLANNED = "planned"
    NO_DATA = "no_data"


_CLASSES = {
    TimeClass.APT: ("Execute",),
    TimeClass.AUST: ("Starting", "Resetting", "Unholding", "Unsuspending", "Completing"),
    TimeClass.ADOT: ("Idle", "Complete"),
}
TIME_CLASSES: dict[str, TimeClass] = {name: TimeClass.ADET for name in CODES} | {
    name: time_class for time_class, names in _CLASSES.items() for name in names
}


def time_class(state: str | None) -> TimeClass:
    """The class of time a state is; no state is no data. Raises ValueError for an unknown name."""
    if state is None or state == "":
        return TimeClass.NO_DATA
    try:
        return TIME_CLASSES[state]
    except KeyError as error:
        raise ValueError(f"{state!r} is not a PackML state.") from error
