"""A demo of the benchmarks' own, started as a person starts it, gone without a trace."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from amis.environment import ROOT
from amis.stack.ports import free_port
from amis.stack.postgres import LocalPostgres
from benchmarks.figure import CannotMeasure

READY_WITHIN_S = 300.0
STOP_WITHIN_S = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
# What would lead the demo to other servers than its own, or `make` to other targets.
NOT_INHERITED = ("DATABASE_URL", "DB_", "REDIS_URL", "AMIS_", "DJANGO_", "RESET", "MAKE", "MFLAGS")
KEPT = ("AMIS_CHROMIUM",)


class Stack:
    """`make demo` with its own home and ports; `demo` is its demo.json."""

    def __init__(self, *, history_days: int) -> None:
        _refuse_other_servers()
        self.home = Path(tempfile.mkdtemp(prefix="amis-bench-"))
        self.port = free_port()
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name in KEPT or not name.startswith(NOT_INHERITED)
        } | {
            "AMIS_HOME": str(self.home),
            "AMIS_PORT": str(self.port),
            "AMIS_HISTORY_DAYS": str(history_days),
            # One caller asks here as fast as it is answered.
            "AMIS_USER_RATE": "1000000",
            "AMIS_PLANT_RATE": "1000000",
        }
        self._make: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it and leave nothing behind, the cluster outside its folder included."""
        self.stop()
        shutil.rmtree(LocalPostgres(self.home / "postgres").data.parent, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def demo(self) -> dict[str, Any]:
        return json.loads((self.home / "demo.json").read_text())  # type: ignore[no-any-return]

    def begin(self) -> None:
        """Type `make demo`."""
        light = not (ROOT / ".venv" / ".installed-requirements.txt").exists()
        with (self.home / "output.txt").open("wb") as output:
            self._make = subprocess.Popen(
                ["make", "demo", *(["LIGHT=1"] if light else [])],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._is_ready():
            self.look()
            if time.monotonic() > deadline:
                raise CannotMeasure("The demo does not get ready.")
            time.sleep(0.1)

    def ensure_ready(self) -> None:
        if self._make is None:
            self.begin()
        self.wait_until_ready()

    def look(self) -> None:
        """Raises CannotMeasure when the demo has ended."""
        if self._make is None or self._make.poll() is not None:
            said = (self.home / "output.txt").read_text(errors="replace")
            raise CannotMeasure(f"The demo does not run:\n{said[-1500:]}")

    def stop(self) -> float:
        """End it as a person does; the seconds until its last process was gone."""
        if self._make is None:
            return 0.0
        processes = {pid for pids in self.processes().values() for pid in pids}
        began = time.monotonic()
        self._make.send_signal(signal.SIGTERM)
        self._make.wait(STOP_WITHIN_S)
        self._make = None
        while processes := {pid for pid in processes if _lives(pid)}:
            if time.monotonic() - began > STOP_WITHIN_S:
                raise CannotMeasure(f"Processes that the demo left behind: {sorted(processes)}")
            time.sleep(0.05)
        return time.monotonic() - began

    def run(self, *words: str, login: str = "runtime") -> str:
        """The output of a Python program that talks to this demo."""
        done = subprocess.run(
            [str(ROOT / ".venv" / "bin" / "python"), *words],
            cwd=ROOT,
            env={**self.environment, "AMIS_DB_LOGIN": login},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotMeasure(f"{' '.join(words)} failed:\n{done.stderr.strip()[-1500:]}")
        return done.stdout

    def superuser_url(self) -> str:
        """Of the database's own superuser, for what no login of AMIS may do."""
        state = json.loads((self.home / "stack.json").read_text())
        return (
            f"postgresql://postgres:{state['superuser_password']}@127.0.0.1:{state['db_port']}/amis"
        )

    def processes(self) -> dict[str, list[int]]:
        """Service → its process and those below it that are no service of their own."""
        with suppress(FileNotFoundError):
            services = self.demo["services"]
            heads = {name: one["pid"] for name, one in services.items() if one["pid"]}
            others = {pid: up for pid, up in _parents().items() if pid not in heads.values()}
            return {name: _tree(pid, others) for name, pid in heads.items()}
        return {}

    def pss_mb(self) -> dict[str, float]:
        """Proportional set size by service: shared pages are divided among those who share them."""
        return {name: sum(map(_pss_mb, pids)) for name, pids in self.processes().items()}

    def cpu_s(self, *services: str) -> float:
        """CPU seconds that these services, or all, have used; ended children are included."""
        found = self.processes()
        return sum(_cpu_s(pid) for name in services or found for pid in found[name])

    def _is_ready(self) -> bool:
        with suppress(FileNotFoundError):
            return self.demo["ready_s"] is not None
        return False


def _refuse_other_servers() -> None:
    path = ROOT / ".env"
    named = path.read_text().splitlines() if path.exists() else []
    for line in named:
        if line.strip().startswith(("DATABASE_URL", "DB_HOST", "REDIS_URL")):
            raise CannotMeasure(
                ".env names a database or a cache; benchmarks write into their own only. "
                "Move .env aside while they run."
            )


def _parents() -> dict[int, int]:
    """Each process of the machine and who started it."""
    found = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with suppress(OSError):
                found[int(place.name)] = int(_stat(int(place.name))[1])
    return found


def _tree(pid: int, parents: dict[int, int]) -> list[int]:
    children = [child for child, parent in parents.items() if parent == pid]
    return [pid, *(one for child in children for one in _tree(child, parents))]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; the name before it may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return _stat(pid)[0] != "Z"
    return False


def _pss_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _cpu_s(pid: int) -> float:
    with suppress(OSError):
        return sum(map(int, _stat(pid)[11:15])) / TICKS
    return 0.0
