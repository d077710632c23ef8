"""Keeps the demo's processes running: starts, restarts what dies, stops all, obeys the command
line.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from amis.environment import ROOT
from amis.stack import paths

TICK_S = 0.2
LONGEST_PAUSE_S = 5.0
STEADY_AFTER_S = 30.0
# All is stopped within ten seconds: processes first, then what they write to.
TERM_WITHIN_S, STORES_WITHIN_S = 5.0, 4.0
ENDED_LAST = {"db", "cache", "forkserver"}
LOG_LIMIT = 5 * 1024 * 1024


class Process(Protocol):
    """What the supervisor asks of a process, whoever its parent is."""

    pid: int
    stdout: IO[bytes] | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...


class Forks(Protocol):
    """Starts a process from one that runs; None where it cannot."""

    def __call__(self, command: list[str], environment: Mapping[str, str]) -> Process | None: ...


@dataclass
class Service:
    """One process that should run; `wanted` False after somebody stopped it."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    account: Mapping[str, int] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    started_by: Forks | None = None
    stdin: int = subprocess.DEVNULL
    wanted: bool = True
    restarts: int = 0
    process: Process | None = None
    started_at: float = 0.0
    not_before: float = 0.0

    @property
    def log(self) -> Path:
        return paths.LOGS / f"{self.name}.log"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def is_steady(self) -> bool:
        """Whether its newest process was started some time ago."""
        return time.monotonic() - self.started_at > STEADY_AFTER_S

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches the supervisor alone. One that
        ended soon after its start, forked or not, is started from a file.
        """
        forks = self.started_by if self.process is None or self.is_steady else None
        self.process = (forks and forks(self.command, self.environment)) or self._execute()
        self.started_at = time.monotonic()
        threading.Thread(
            target=_copy_log, args=(self.process.stdout, self.log, self.name), daemon=True
        ).start()

    def _execute(self) -> Process:
        return subprocess.Popen(
            self.command,
            cwd="/" if self.account else ROOT,
            env=dict(self.environment),
            stdin=self.stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            extra_groups=[] if self.account else None,
            **self.account,
        )

    def note(self, text: str) -> None:
        """A line of the supervisor's own in the service's log."""
        with suppress(OSError), self.log.open("ab") as log:
            log.write(_line(self.name, text.encode() + b"\n"))

    def signal(self, number: int) -> None:
        if self.process is not None and self.is_running:
            self.process.send_signal(number)


class Supervisor:
    """The services in the order of their start; `changed` is called whenever a process was
    replaced.
    """

    def __init__(self, *, changed: Callable[[], None]) -> None:
        self.services: dict[str, Service] = {}
        self._changed = changed
        self._is_told = True
        self._leaving = False

    @property
    def pids(self) -> dict[str, int]:
        """Of the processes that run now."""
        running = (service for service in self.services.values() if service.is_running)
        return {service.name: service.process.pid for service in running if service.process}

    def add(self, service: Service) -> None:
        """Start a service and watch it from now on."""
        self.services[service.name] = service
        service.start()
        self._changed()

    def leave(self, *_: object) -> None:
        """Ask `watch` to return; safe in a signal handler."""
        self._leaving = True

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Restart what dies and obey commands until `leave` was called or `until` says so."""
        while not self._leaving and not until():
            self.tick()
            time.sleep(TICK_S)

    def tick(self) -> None:
        replaced = [self._revive(service) for service in self.services.values()]
        obeyed = [self._obey(path) for path in sorted(paths.CONTROL.glob("*.ask"))]
        if any(replaced) or obeyed or not self._is_told:
            self._tell()

    def _tell(self) -> None:
        """Say that processes changed; while the disk is full, say it later."""
        try:
            self._changed()
            self._is_told = True
        except OSError:
            self._is_told = False

    def stop_all(self) -> None:
        """End everything in the reverse order: first what uses the database, then the database,
        and what forked the others, which is their parent.
        """
        stores = [s for s in self.services.values() if s.name in ENDED_LAST]
        _end([s for s in self.services.values() if s not in stores], within_s=TERM_WITHIN_S)
        _end(stores, within_s=STORES_WITHIN_S)

    def _revive(self, service: Service) -> bool:
        if not service.wanted or service.is_running or time.monotonic() < service.not_before:
            return False
        pause = (
            0.3 if service.is_steady else min(0.3 * 2 ** min(service.restarts, 9), LONGEST_PAUSE_S)
        )
        service.not_before = time.monotonic() + pause
        service.restarts += 1
        try:
            service.start()
        except OSError as error:
            service.note(f"cannot start: {error}")
        return True

    def _obey(self, ask: Path) -> bool:
        """Do what the command line asked for and write the answer beside the question."""
        try:
            request = json.loads(ask.read_text())
            action, name = request["action"], request["service"]
            service = self.services[name]
        except (ValueError, KeyError) as error:
            answer: dict[str, Any] = {"error": f"unknown request: {error}"}
        else:
            _apply(service, action)
            answer = {"done": action}
        ask.unlink()
        paths.write_json(ask.with_suffix(".answer"), answer)
        return True


def _apply(service: Service, action: str) -> None:
    if action in {"stop", "restart"}:
        service.wanted = False
        _end([service], within_s=TERM_WITHIN_S)
    if action in {"start", "restart"}:
        service.wanted = True
        if not service.is_running:
            service.not_before = 0.0
            service.start()


def _end(services: list[Service], *, within_s: float) -> None:
    """Ask all to end, wait for them together, then insist."""
    for service in services:
        service.signal(service.stop_signal)
    deadline = time.monotonic() + within_s
    for service in services:
        if service.process is None:
            continue
        try:
            service.process.wait(max(deadline - time.monotonic(), 0.05))
        except subprocess.TimeoutExpired:
            service.note(f"did not end within {within_s:.0f} s and was killed")
            _kill_session(service.process)
            service.process.wait()


def _kill_session(process: Process) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _copy_log(source: IO[bytes] | None, path: Path, name: str) -> None:
    """Copy a process's output into its log, every line with time and name."""
    assert source is not None
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    with path.open("ab", buffering=0) as log, source:
        for line in source:
            with suppress(OSError):  # a full disk must not stop the process that writes
                log.write(_line(name, line))


def _line(name: str, text: bytes) -> bytes:
    """What is an object of JSON already has its time, and stays one."""
    if text.startswith(b"{"):
        return text
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return f"{stamp} {name}: ".encode() + text
