"""A training fills a processor for minutes; it gives way to whatever somebody waits for."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NICE = 5
"""A third of the weight of others: a lease that is renewed in time keeps a training going even on a
machine that has much else to do. What others leave of the processors is all theirs.
"""


def give_way(**_: object) -> None:
    """This process, whose session does nothing else; a receiver of Celery's signals."""
    os.nice(NICE)
    # Linux may weigh sessions against each other, and processes only within theirs (sched(7)).
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICE))
