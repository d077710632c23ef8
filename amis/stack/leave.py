"""What ends the demo: SIGTERM, Ctrl-C, a closed terminal, an interrupt that reached make alone."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

LOOK_EVERY_S = 0.5


def heed(leave: Callable[..., None]) -> None:
    """Call `leave` in the main thread when somebody wants the demo to end."""
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants it to go on
        signal.signal(signal.SIGHUP, leave)
    threading.Thread(target=_interrupt_with, args=(os.getppid(),), daemon=True).start()


def heed_no_more() -> None:
    """From now on the demo is ending and cannot be asked again."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _interrupt_with(make: int) -> None:
    """Interrupt this process as soon as `make` is.

    A terminal's Ctrl-C reaches both. A SIGINT sent to make alone does not: make blocks further
    ones and waits for us, without telling us. Only Linux shows which signals a process blocks.
    """
    status = Path(f"/proc/{make}/status")
    while status.exists():
        try:
            text = status.read_text()
        except OSError:
            return
        if "make" not in text.partition("\n")[0]:
            return
        if blocks(text, signal.SIGINT):
            os.kill(os.getpid(), signal.SIGINT)
            return
        time.sleep(LOOK_EVERY_S)


def blocks(status: str, number: int) -> bool:
    """Whether the process of this `/proc/PID/status` blocks the signal."""
    masks = [line.split()[1] for line in status.splitlines() if line.startswith("SigBlk:")]
    return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)
