"""The supervisor keeps processes running, stops them in time, and remembers them for the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from amis.stack import lock, paths, supervisor
from amis.stack.supervisor import Service, Supervisor

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
DEAF = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN);"
        " print('up', flush=True); time.sleep(60)"]  # fmt: skip


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGS", "CONTROL"):
        monkeypatch.setattr(paths, name, tmp_path / name)
        (tmp_path / name).mkdir()
    monkeypatch.setattr(paths, "PIDS", tmp_path / "pids.json")


@pytest.fixture
def watched() -> Iterator[Supervisor]:
    made = Supervisor(changed=lambda: lock.remember(made.pids))
    yield made
    made.stop_all()


def _until(claim: Callable[[], object], *, within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _add(watched: Supervisor, command: list[str], name: str = "web") -> Service:
    service = Service(name, command, os.environ)
    watched.add(service)
    _until(lambda: service.log.exists() and b"up" in service.log.read_bytes())
    return service


def test_a_killed_process_runs_again_and_its_new_id_is_told(watched: Supervisor):
    service = _add(watched, SLEEP)
    before = watched.pids["web"]
    os.kill(before, signal.SIGKILL)
    _until(lambda: (watched.tick(), watched.pids.get("web", before) != before)[1])
    assert service.restarts == 1
    assert paths.read_json(paths.PIDS) == watched.pids


def test_a_process_that_died_a_thousand_times_is_started_again(watched: Supervisor):
    service = _add(watched, SLEEP)
    service.restarts = 5000
    os.kill(watched.pids["web"], signal.SIGKILL)
    _until(lambda: (watched.tick(), service.restarts > 5000)[1])


def test_a_program_that_is_gone_stops_no_other(watched: Supervisor):
    other = _add(watched, SLEEP, "worker")
    service = _add(watched, SLEEP)
    service.command = ["/nowhere/python"]
    os.kill(watched.pids["web"], signal.SIGKILL)
    _until(lambda: (watched.tick(), b"cannot start" in service.log.read_bytes())[1])
    assert other.is_running


def test_a_full_disk_is_told_of_changes_later(watched: Supervisor):
    told: list[int] = []

    def refuse_once() -> None:
        told.append(1)
        if len(told) == 1:
            raise OSError(28, "No space left on device")

    _add(watched, SLEEP)
    watched._changed = refuse_once
    os.kill(watched.pids["web"], signal.SIGKILL)
    _until(lambda: (watched.tick(), len(told) == 2)[1])


def test_deaf_processes_and_stores_are_stopped_within_ten_seconds(monkeypatch):
    assert supervisor.TERM_WITHIN_S + supervisor.STORES_WITHIN_S < 10
    monkeypatch.setattr(supervisor, "TERM_WITHIN_S", 0.3)
    monkeypatch.setattr(supervisor, "STORES_WITHIN_S", 0.3)
    watched = Supervisor(changed=lambda: None)
    services = [_add(watched, DEAF), _add(watched, DEAF, "db")]
    began = time.monotonic()
    watched.stop_all()
    assert time.monotonic() - began < 3
    assert not any(service.is_running for service in services)
    assert b"was killed" in services[0].log.read_bytes()


def test_what_a_killed_supervisor_left_is_ended_by_the_next(watched: Supervisor):
    """The notes are there from the first process on, long before demo.json is."""
    service = _add(watched, SLEEP)
    lock.end_leftovers()
    assert not service.is_running


def test_a_number_that_now_belongs_to_somebody_else_is_left_alone():
    stranger = subprocess.Popen(["/bin/sleep", "30"], cwd="/")
    lock.remember({"web": stranger.pid})
    lock.end_leftovers()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
