"""One demo a checkout: who holds it, which processes it has, and what a killed one left behind."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from amis.environment import ROOT
from amis.stack import paths
from amis.stack.services import stop_signal


class AlreadyRunning(Exception):
    """Another `make demo` of this checkout runs."""


@contextmanager
def held() -> Iterator[None]:
    """Be the one demo of this checkout. Raises AlreadyRunning."""
    with paths.LOCK.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning from error
        yield


def is_held() -> bool:
    """Whether a demo of this checkout runs now."""
    if not paths.LOCK.exists():
        return False
    with paths.LOCK.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def remember(pids: Mapping[str, int]) -> None:
    """Note the demo's processes, so that a next demo can end them if this one is killed."""
    paths.write_json(paths.PIDS, dict(pids))


def end_leftovers() -> None:
    """End the processes of a demo whose supervisor was killed; call it with the lock taken."""
    pids = (paths.read_json(paths.PIDS) or {}).items()
    ours = {pid: stop_signal(name) for name, pid in pids if _is_ours(pid)}
    for insists, wait_s in ((False, 5.0), (True, 2.0)):
        for pid, number in ours.items():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if insists else number)
        deadline = time.monotonic() + wait_s
        while ours and time.monotonic() < deadline:
            ours = {pid: number for pid, number in ours.items() if _is_ours(pid)}
            time.sleep(0.1)


def _is_ours(pid: int) -> bool:
    """Whether the process lives and its command line or working directory names this checkout."""
    place = Path("/proc") / str(pid)
    if not place.parent.joinpath("self").exists():
        return str(ROOT) in _command_line(pid)
    with suppress(OSError):
        named = str(ROOT).encode() in (place / "cmdline").read_bytes()
        return named or (place / "cwd").readlink() == ROOT
    return False


def _command_line(pid: int) -> str:
    """As `ps` tells it: macOS has no /proc."""
    words = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout
