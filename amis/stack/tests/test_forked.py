"""Services that come out of the fork server are processes like any other, and outlive it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from amis.environment import ROOT
from amis.stack import forked, forkserver, lock, paths
from amis.stack.forked import ForkServer
from amis.stack.forkserver import SHARED
from amis.stack.services import service_environment, stop_signal
from amis.stack.supervisor import Service, Supervisor
from amis.tests.test_house import HEAVY

pytestmark = pytest.mark.skipif(not forked.is_possible(), reason="needs Linux 5.3")
TELL = """
import os, sys, threading, time
print("cwd", os.getcwd())
print("leads", os.getsid(0) == os.getpid())
print("login", os.environ["AMIS_DB_LOGIN"], "SECRET_KEY" in os.environ)
print("arguments", *sys.argv[1:])
print("open", *sorted(os.listdir("/proc/self/fd")), os.read(0, 1))
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A module that tells what it finds."""
    for name in ("LOGS", "CONTROL"):
        monkeypatch.setattr(paths, name, tmp_path / name)
        (tmp_path / name).mkdir()
    monkeypatch.setattr(paths, "PIDS", tmp_path / "pids.json")
    (tmp_path / "tells.py").write_text(TELL)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "of the fork server alone")
    return "tells"


@pytest.fixture
def watched(module: str) -> Iterator[Supervisor]:
    made = Supervisor(changed=lambda: lock.remember(made.pids))
    made.add(ForkServer(service_environment("forkserver", os.environ)))
    yield made
    made.stop_all()


def _until(claim: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _add(watched: Supervisor, name: str = "provision") -> Service:
    server = watched.services["forkserver"]
    assert isinstance(server, ForkServer)
    command = [sys.executable, "-m", "tells", "-Q", "it self"]
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH")}
    environment["AMIS_DB_LOGIN"] = "owner"
    service = Service(name, command, environment, started_by=server.fork)
    watched.add(service)
    _until(lambda: service.log.exists() and b"up" in service.log.read_bytes())
    return service


def test_a_forked_service_finds_what_one_finds_that_was_started_from_a_file(watched: Supervisor):
    service = _add(watched)
    assert isinstance(service.process, forked.Forked)
    told = dict(
        line.split("provision: ", 1)[1].split(" ", 1)
        for line in service.log.read_text().splitlines()[:-1]
    )
    assert told == {
        "cwd": str(ROOT),
        "leads": "True",
        "login": "owner False",
        "arguments": "-Q it self",
        # 3 is the folder that is listed.
        "open": "0 1 2 3 b''",
    }
    shown = Path(f"/proc/{service.process.pid}/cmdline").read_bytes().strip(b"\0").decode()
    assert shown == f"{sys.executable} -m tells -Q it self"


def test_a_killed_one_runs_again_and_a_stopped_one_ends(watched: Supervisor):
    service = _add(watched)
    before = watched.pids["provision"]
    os.kill(before, signal.SIGKILL)
    _until(lambda: (watched.tick(), watched.pids.get("provision", before) != before)[1])
    assert service.restarts == 1
    after = watched.pids["provision"]
    watched.stop_all()
    assert not service.is_running
    assert not Path(f"/proc/{after}").exists()


def test_they_outlive_the_fork_server_and_are_started_without_it(watched: Supervisor):
    service, server = _add(watched), watched.services["forkserver"]
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    _until(lambda: not server.is_running)
    assert service.is_running
    os.kill(watched.pids["provision"], signal.SIGKILL)
    _until(lambda: not service.is_running)
    service.start()
    assert isinstance(service.process, subprocess.Popen)
    watched.tick()
    _until(lambda: (watched.tick(), server.is_running)[1])
    assert isinstance(_add(watched, "web").process, forked.Forked)


def test_a_fork_server_that_hangs_is_given_up_and_forks_nothing_later(watched: Supervisor):
    server = watched.services["forkserver"]
    assert isinstance(server, ForkServer)
    assert server.process is not None
    _add(watched)
    server._line.settimeout(0.2)  # type: ignore[union-attr]
    os.kill(server.process.pid, signal.SIGSTOP)
    assert isinstance(_add(watched, "web").process, subprocess.Popen)
    _until(lambda: not server.is_running)


def test_it_ends_with_the_supervisor(watched: Supervisor):
    server = watched.services["forkserver"]
    assert isinstance(server, ForkServer)
    service = _add(watched)
    server._line.close()  # type: ignore[union-attr]
    _until(lambda: not server.is_running)
    assert service.is_running


@pytest.mark.parametrize("place", [(0, 0), (0, 64), (4096, 8192)])
def test_where_the_kernel_tells_another_place_no_command_is_shown(monkeypatch, place):
    shown = Path("/proc/self/cmdline").read_bytes()
    stat = " ".join(["1 (python)", *["0"] * 45, *map(str, place)])
    monkeypatch.setattr(forkserver.Path, "read_text", lambda _: stat)
    forkserver._show([os.fsdecode(b"/a\xff"), "-m", "it"])
    assert Path("/proc/self/cmdline").read_bytes() == shown


def test_one_that_ends_at_once_when_forked_is_started_from_a_file(watched: Supervisor):
    service = _add(watched)
    assert isinstance(service.process, forked.Forked)
    service.process.send_signal(signal.SIGKILL)
    _until(lambda: (watched.tick(), service.is_running and service.restarts == 1)[1])
    assert isinstance(service.process, subprocess.Popen)


def test_a_training_is_not_waited_for_by_whoever_ends_it():
    assert stop_signal("ml") == stop_signal("ml-tf") == signal.SIGQUIT
    assert stop_signal("worker") == signal.SIGTERM


def test_the_fork_server_knows_no_setting_nothing_of_amis_and_no_thread():
    """A service must read its own login, and its own code as it is when it starts again."""
    script = (
        "import importlib, os, sys; from django.conf import settings;"
        f" [importlib.import_module(name) for name in {SHARED!r}];"
        " print(settings.configured, len(os.listdir('/proc/self/task')));"
        " print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "nowhere", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    state, packages = done.stdout.splitlines()
    assert state == "False 1"
    own = {"amis", "tenants", "production", "analytics", "ai_insights", "reports", "plc_sim"}
    assert set(packages.split()) & {*own, *HEAVY} == set()
