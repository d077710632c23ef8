"""`python -m amis.stack.forkserver`: a process that has imported what the services share and forks
each of them from itself, so that those pages are in memory once and the imports are made once.

It knows libraries only, nothing of AMIS and no setting: what a service reads, its own code and its
environment, is read after the fork, and a service that is started again runs the code of that hour.
It has no thread, for a fork takes no thread along, only the locks that threads held.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

SHARED = (
    "asyncua.client.client",
    "asyncua.server.server",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.beat",
    "celery.bin.worker",
    "celery.concurrency.prefork",
    "celery.concurrency.thread",
    "celery.fixups.django",
    "celery.worker.autoscale",
    "celery.worker.consumer",
    "cryptography.fernet",
    "django.contrib.admin.options",
    "django.contrib.postgres.fields",
    "django.contrib.postgres.search",
    "django.core.handlers.asgi",
    "django.core.mail",
    "django.db.backends.postgresql.psycopg_any",
    "django.db.migrations.loader",
    "django.template.loader",
    "django.views.debug",
    "django.views.generic",
    "django.views.i18n",
    "kombu.transport.redis",
    "numpy",
    "psycopg2.extras",
    "redis.asyncio",
)
LONGEST = 200_000
"""Bytes of a request, a command and its environment, that fit into a socket."""
ROOM = " " * 300
"""An argument of this process: its memory is where each service shows its own command."""


def main() -> None:
    """Import, fork on request, and become the service in each child."""
    gc.disable()
    for name in SHARED:
        importlib.import_module(name)
    gc.collect()
    # The collector does not touch these again, in no child.
    gc.freeze()
    gc.enable()
    order = _fork_on_request(_line())
    if order is not None:
        _become(order["command"], order["environment"])


def _line() -> socket.socket:
    """The supervisor's end comes as the standard input, which the services do not inherit."""
    line = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return line


def _fork_on_request(line: socket.socket) -> dict[str, Any] | None:
    """Answer each request with the id of a new process. Returns the request in that process, and
    None when the supervisor is gone.
    """
    # Nobody waits for them here; the supervisor watches them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        text, outputs, _, _ = socket.recv_fds(line, LONGEST, 1)
        if not text:
            return None
        pid = os.fork()
        if pid == 0:
            line.close()
            _begin_anew(outputs[0])
            return json.loads(text)  # type: ignore[no-any-return]
        os.close(outputs[0])
        try:
            line.send(str(pid).encode())
        except OSError:
            # Who asked has given up and starts it in another way.
            os.kill(pid, signal.SIGKILL)


def _begin_anew(output: int) -> None:
    """What a process has that was started from a file: a session, signals, its own output."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)


def _become(command: list[str], environment: Mapping[str, str]) -> None:
    """Run `python -m MODULE …` as if it had been started so."""
    os.environ.clear()
    os.environ.update(environment)
    _show(command)
    module = command[2]
    sys.argv = [module, *command[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _show(command: list[str]) -> None:
    """Have `ps` tell the command: write it over this process's own, whose place the kernel tells
    (fields 48 and 49 of proc(5)). Its last byte says that one text ends at the first NUL.

    Where a kernel tells another place or none, nothing is written.
    """
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    begin, end = int(fields[45]), int(fields[46])
    room = end - begin - 2
    text = os.fsencode(" ".join(command))[: max(room, 0)].ljust(room + 1, b"\0") + b" "
    with suppress(OSError), Path("/proc/self/mem").open("r+b", buffering=0) as memory:
        memory.seek(begin)
        if memory.read(end - begin) == Path("/proc/self/cmdline").read_bytes():
            memory.seek(begin)
            memory.write(text)


if __name__ == "__main__":
    main()
