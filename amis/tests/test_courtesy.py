"""Trainings give way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from amis.environment import ROOT

CHILD = """
import os
from celery.concurrency.prefork import process_initializer
from amis.celery import app
process_initializer(app, "ml@test")
print(os.getpriority(os.PRIO_PROCESS, 0))
"""
SESSIONS = Path("/proc/sys/kernel/sched_autogroup_enabled")
SAY_SESSION = "print(open('/proc/self/autogroup').read().split()[-1])"
WEIGHED = SESSIONS.exists() and SESSIONS.read_text().strip() == "1"


def test_a_child_of_a_worker_gives_way_with_its_session_where_sessions_are_weighed():
    done = subprocess.run(
        [sys.executable, "-c", CHILD + (SAY_SESSION if WEIGHED else "")],
        cwd=ROOT, capture_output=True, text=True, check=False, start_new_session=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert done.stdout.split() == [str(min(here + 5, 19)), *(["5"] if WEIGHED else [])]
