"""What `make demo` prints: one calm line a step with the elapsed time, and one bar for the
back-fill.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

BAR = 28


class Console:
    def __init__(self) -> None:
        self._began = time.monotonic()
        self._is_terminal = sys.stdout.isatty()
        self._shown = -1

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._began

    def say(self, text: str) -> None:
        _write(f"{self.elapsed_s:6.1f} s  {text}\n")

    def plain(self, text: str = "") -> None:
        _write(text + "\n")

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """A line when the step is done; when it fails, a line that says so."""
        began = time.monotonic()
        try:
            yield
        except Exception:
            self.say(f"{text}: failed")
            raise
        self.say(f"{text} ({time.monotonic() - began:.1f} s)")

    def progress(self, percent: float, text: str) -> None:
        """Redraw the bar on a terminal; elsewhere a line at every tenth."""
        filled = round(BAR * percent / 100)
        bar = "█" * filled + "·" * (BAR - filled)
        if self._is_terminal:
            end = "\n" if percent >= 100 else ""
            _write(f"\r{self.elapsed_s:6.1f} s  {bar} {percent:3.0f} %  {text:40.40}{end}")
        elif int(percent // 10) > self._shown:
            self._shown = int(percent // 10)
            self.say(f"{bar} {percent:3.0f} %  {text}")


def _write(text: str) -> None:
    """Write at once. A terminal that was closed, or a reader that left the pipe, is not missed:
    the demo still has to end in order.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
