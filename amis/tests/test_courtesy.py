"""Trainings and the setting of reports give way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from amis.environment import ROOT
from reports.services import render

CHILD = """
import os
from celery.concurrency.prefork import process_initializer
from amis.celery import app
process_initializer(app, "ml@test")
print(os.getpriority(os.PRIO_PROCESS, 0))
"""
SESSIONS = Path("/proc/sys/kernel/sched_autogroup_enabled")
SAY_SESSION = "print(open('/proc/self/autogroup').read().split()[-1])"


SETTING = "import os, time; time.sleep(1); print(os.getpriority(os.PRIO_PROCESS, 0)); "
WEIGHED = SESSIONS.exists() and SESSIONS.read_text().strip() == "1"


def given_way() -> list[str]:
    """What a process says of itself and its session that gave way to this one."""
    here = os.getpriority(os.PRIO_PROCESS, 0)
    return [str(min(here + 5, 19)), *(["5"] if WEIGHED else [])]


def test_a_child_of_a_worker_gives_way_with_its_session_where_sessions_are_weighed():
    done = subprocess.run(
        [sys.executable, "-c", CHILD + (SAY_SESSION if WEIGHED else "")],
        cwd=ROOT, capture_output=True, text=True, check=False, start_new_session=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == given_way()


def test_the_setting_of_a_report_gives_way_and_the_worker_that_waits_for_it_does_not():
    before = os.getpriority(os.PRIO_PROCESS, 0)
    command = [sys.executable, "-c", SETTING + (SAY_SESSION if WEIGHED else "")]
    assert render._run(command, lambda *_: None).split() == given_way()
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
