"""A training fills a processor for minutes; it gives way to whatever somebody waits for.

Only trainers have child processes, so that a child of a worker is a training. What is left of the
processors is all theirs: alone they take as long as ever.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from celery.signals import worker_process_init

NICE = 10
"""A tenth of the weight of others."""
SESSION = Path("/proc/self/autogroup")


@worker_process_init.connect
def give_way(**_: object) -> None:
    os.nice(NICE)
    # Linux may weigh sessions against each other, and processes only within theirs (sched(7)).
    with suppress(OSError):
        SESSION.write_text(str(NICE))
