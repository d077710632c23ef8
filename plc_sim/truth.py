"""The truth file: JSON lines of what really happened, to be held against what others derive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from plc_sim.kinds import EXECUTE
from plc_sim.machine import Plant
from plc_sim.panel import Event, Progress
from plc_sim.timetable import moment


class TruthFile:
    """Appends what happens from the moment it is opened; flushed as things happen."""

    def __init__(self, path: str, plant: Plant) -> None:
        self._plant = plant
        self._counted_until = dict.fromkeys(plant.ids, plant.now)
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = file.open("a", encoding="utf-8")
        self._append([plant.drift_event()] if len(plant.ids) > plant.drift.index else [])

    def write(self, progress: Progress) -> None:
        """Append the events of a step, and a count line for every piece."""
        counts = [self._count(*piece) for piece in progress.pieces]
        self._append(sorted(progress.events + counts, key=lambda event: event.end))

    def close(self) -> None:
        """Append the states that still go on, as if they ended now."""
        self._append(self._plant.open_states())
        self._file.close()

    def _count(self, t: int, index: int, is_bad: bool) -> Event:  # noqa: FBT001 - a Piece's fields
        machine_id = self._plant.ids[index]
        start, self._counted_until[machine_id] = self._counted_until[machine_id], t
        return Event(machine_id, "count", start, t, EXECUTE, "", 1, int(is_bad))

    def _append(self, events: list[Event]) -> None:
        if events:
            self._file.writelines(_line(event) for event in events)
            self._file.flush()


def _line(event: Event) -> str:
    fields = {
        "machine_id": event.machine_id,
        "kind": event.kind,
        "start": moment(event.start).isoformat(timespec="microseconds"),
        "end": moment(event.end).isoformat(timespec="microseconds"),
        "state": event.state,
        "cause": event.cause,
        "pieces": event.pieces,
        "scrap": event.scrap,
    }
    return json.dumps(fields) + "\n"
