"""A demo ends when its terminal closes and when an interrupt reached only the make around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from amis.environment import ROOT

PROGRAM = """
import sys, threading
from amis.stack import leave
ended = threading.Event()
leave.heed(lambda *_: ended.set())
print("running", flush=True)
print("asked" if ended.wait(20) else "not asked", flush=True)
"""


def _started(*command: str) -> subprocess.Popen[str]:
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        # These tests may run under a make themselves; the one started here is nobody's child.
        env={**{k: v for k, v in os.environ.items() if "MAKE" not in k}, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell has its jobs in the background ignore an interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "running\n"
    return running


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_an_interrupt_of_make_alone_reaches_what_make_runs(program: Path):
    makefile = program.with_name("Makefile")
    makefile.write_text(f"demo:\n\t@exec {sys.executable} {program}\n")
    made = _started("make", "-f", str(makefile), "demo")
    made.send_signal(signal.SIGINT)
    assert made.communicate(timeout=10)[0] == "asked\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_way_to_end_it_is_heard(program: Path, number: int):
    running = _started(sys.executable, str(program))
    running.send_signal(number)
    assert running.communicate(timeout=10)[0] == "asked\n"


def test_under_nohup_a_closed_terminal_is_not_heard(program: Path):
    running = _started("nohup", sys.executable, str(program))
    running.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.5)
    running.kill()
    running.communicate()
