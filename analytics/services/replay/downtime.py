"""Replay of next-shift downtime: a row a machine and planned shift, as of the shift's start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from analytics.selectors.preferences import preferences
from analytics.services.registry import code_hash
from analytics.services.replay.downtime_past import Answer, DowntimePast
from analytics.services.replay.parts import ReplayFile
from analytics.services.replay.span import Cadence, Span
from analytics.services.training import TASK, data_hash
from production.shopfloor.record import instant

HEADER = (
    "as_of", "machine_id", "shift_start", "shift_end", "median_min", "expected_min", "lo80", "hi80",
    "lo95", "hi95", "p_downtime_30", "confidence", "risk", "served", "model_version",
)  # fmt: skip
NUMBERS = HEADER[4:12]

Tell = Callable[[float, str], None]


def replay_downtime(*, span: Span, cadence: Cadence, out: Path, now: datetime, tell: Tell) -> int:
    """Write the file; how many rows it has. Models know only what was known at each as_of."""
    past = DowntimePast.of(span, cadence, now=now, explain=False)
    parts = past.parts()
    with ReplayFile(out, header=HEADER, question=_question(past, span, now)) as file:
        for n, (source, places) in enumerate(parts):
            tell(100 * n / len(parts), f"{source.name}, {len(places)} shifts")
            file.part(
                f"{n:05d}",
                lambda s=source, p=places: (_row(past, answer) for answer in past.answers(s, p)),
            )
        return file.finish(f"{n:05d}" for n in range(len(parts)))


def _row(past: DowntimePast, answer: Answer) -> list[Any]:
    history, row, said = past.history, answer.row, answer.said
    place = [
        answer.as_of,
        history.machines[history.machine[row]],
        instant(int(history.start_us[row])),
        instant(int(history.end_us[row])),
    ]
    if said is None:
        return [*place, *[None] * (len(NUMBERS) + 1), "insufficient", None]
    numbers = (said[name] for name in NUMBERS)
    return [*place, *numbers, said["risk"].capitalize(), said["served"], answer.version]


def _question(past: DowntimePast, span: Span, now: datetime) -> dict[str, Any]:
    return {
        "from": span.start.isoformat(),
        "to": span.end.isoformat(),
        "machine": span.machine_id,
        "retrain_days": past.cadence.retrain_days,
        "code": code_hash(TASK),
        "data": data_hash(past.history, now),
        "thresholds": preferences().thresholds,
        "parts": [source.name for source, _ in past.parts()],
    }
