"""Services that are forked from one process with all libraries, and that process as a service."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

from amis.stack.forkserver import LONGEST, ROOM
from amis.stack.supervisor import Service

NAME = "forkserver"
ANSWER_WITHIN_S = 15.0
"""Its imports are the longest it takes."""


class Forked:
    """A process that is no child of ours, with as much of Popen as the supervisor uses."""

    def __init__(self, pid: int, output: int) -> None:
        self.pid = pid
        self._handle: int | None = None
        with suppress(ProcessLookupError):  # it has ended already
            self._handle = os.pidfd_open(pid)
        self.stdout: IO[bytes] = os.fdopen(output, "rb")

    def poll(self) -> int | None:
        """None while it runs; then 0, for only its parent hears more."""
        return None if self._runs(0.0) else 0

    def wait(self, timeout: float | None = None) -> int:
        if self._runs(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
        return 0

    def send_signal(self, number: int) -> None:
        if self._handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def _runs(self, within_s: float | None) -> bool:
        if self._handle is None:
            return False
        ended, _, _ = select.select([self._handle], [], [], within_s)
        if ended:
            os.close(self._handle)
            self._handle = None
        return not ended


class ForkServer(Service):
    """Started before what it forks. What it does not fork, the supervisor starts by itself."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "amis.stack.forkserver", ROOM]
        super().__init__(NAME, command, environment)
        self._line: socket.socket | None = None

    def start(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(ANSWER_WITHIN_S)
        with theirs:
            self.stdin = theirs.fileno()
            super().start()

    def fork(self, command: list[str], environment: Mapping[str, str]) -> Forked | None:
        """The new process; None where there is none, whatever the reason."""
        request = json.dumps({"command": command, "environment": dict(environment)}).encode()
        if not self.is_running or len(request) > LONGEST:
            return None
        ours, theirs = os.pipe()
        try:
            return Forked(self._ask(request, theirs), ours)
        except (OSError, ValueError):
            os.close(ours)
            # What has ended does not do later, and a second time, what it was asked for.
            self.signal(signal.SIGKILL)
            return None
        finally:
            os.close(theirs)

    def _ask(self, request: bytes, output: int) -> int:
        """The process's id. Raises OSError or ValueError where the server has ended or hangs."""
        assert self._line is not None
        socket.send_fds(self._line, [request], [output])
        return int(self._line.recv(32))


def is_possible() -> bool:
    """Where a process can be watched that is not one's child: Linux 5.3 and later."""
    try:
        handle = os.pidfd_open(os.getpid())
        signal.pidfd_send_signal(handle, 0)
        ended, _, _ = select.select([handle], [], [], 0)
        os.close(handle)
    except (AttributeError, OSError):
        return False
    return not ended
