"""Work that fills a processor for seconds or minutes gives way to whatever somebody waits for."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NICE, LEAST = 5, 19
"""A third of the weight of others: a lease that is renewed in time keeps a training going even on a
machine that has much else to do. What others leave of the processors is all theirs.
"""


def give_way(pid: int = 0) -> None:
    """A process that leads a session of its own or has work of this kind alone; 0: this one. One
    that is over has given way.
    """
    with suppress(OSError):
        nice = min(os.getpriority(os.PRIO_PROCESS, pid) + NICE, LEAST)
        os.setpriority(os.PRIO_PROCESS, pid, nice)
        # Linux may weigh sessions against each other, and processes only within theirs (sched(7)).
        Path(f"/proc/{pid or 'self'}/autogroup").write_text(str(NICE))
