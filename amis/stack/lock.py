"""One demo a checkout: who holds it, and what a killed one left behind."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from amis.environment import ROOT
from amis.stack import paths


class AlreadyRunning(Exception):
    """Another `make demo` of this checkout runs."""


def take() -> IO[str]:
    """Hold the lock for the life of this process. Raises AlreadyRunning with the holder's pid."""
    file = paths.LOCK.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        raise AlreadyRunning(file.read().strip()) from error
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


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


def end_leftovers() -> None:
    """End the processes of a demo whose supervisor was killed; call it with the lock taken."""
    services = (paths.read_json(paths.DEMO) or {}).get("services", {})
    pids = [entry["pid"] for name, entry in services.items() if name != "supervisor"]
    ours = [pid for pid in pids if pid and _is_ours(pid)]
    for number, wait_s in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 2.0)):
        for pid in ours:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + wait_s
        while ours and time.monotonic() < deadline:
            ours = [pid for pid in ours if _is_ours(pid)]
            time.sleep(0.1)


def _is_ours(pid: int) -> bool:
    """Whether the process lives and its command line or working directory names this checkout."""
    place = Path("/proc") / str(pid)
    if not place.parent.joinpath("self").exists():  # macOS has no /proc
        return _answers(pid)
    with suppress(OSError):
        named = str(ROOT).encode() in (place / "cmdline").read_bytes()
        return named or (place / "cwd").readlink() == ROOT
    return False


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
