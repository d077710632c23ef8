"""The house's own rules: the wall, the names nobody may use, and what light processes import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from amis.environment import ROOT

WALL = 350
SOURCES = {".py", ".js", ".css", ".html", ".sh"}
NOT_OURS = {"vendor", "axe.min.js"}
FORBIDDEN = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?|signals)(_|$)")
HEAVY = ("tensorflow", "keras", "sklearn", "xgboost", "statsforecast", "prophet", "weasyprint",
         "pandas", "scipy", "skops", "matplotlib")  # fmt: skip
PROCESSES = {
    "web": "import amis.asgi; import amis.urls",
    "beat": "import amis.__main__, celery.apps.beat, django_celery_beat.schedulers;"
    " from amis.clock import app; app.loader.import_default_modules(); app.finalize()",
    "ingest": "import amis.__main__, celery.apps.worker, production.ingest.collector;"
    " from amis.celery import app; app.loader.import_default_modules()",
}


def sources() -> list[Path]:
    """Every source file of the checkout, as paths inside it; hidden folders hold what is made."""
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if not name.startswith(".") and name not in NOT_OURS]
        paths = (Path(folder, file) for file in files if file not in NOT_OURS)
        found += [path.relative_to(ROOT) for path in paths if path.suffix in SOURCES]
    return found


def test_no_file_is_over_the_wall():
    lengths = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in sources()}
    assert len(lengths) > 200
    assert {path: n for path, n in lengths.items() if n > WALL} == {}


def test_nothing_is_called_by_a_name_that_says_nothing():
    names = {part for path in sources() for part in path.with_suffix("").parts}
    assert {name for name in names if FORBIDDEN.search(name)} == set()


@pytest.mark.parametrize("name", ["utils", "string_helpers", "common", "managers", "signals"])
def test_the_forbidden_names_are_recognised(name):
    assert FORBIDDEN.search(name)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_light_process_imports_no_heavy_package(process):
    """They would cost each of these processes hundreds of megabytes and seconds of its start."""
    assert imported_by(process, HEAVY) == ""


def test_beat_imports_no_task_no_arrays_and_no_shell():
    """It sends tasks by name; with what the tasks import it would be nearly twice as large."""
    spared = ("numpy", "prompt_toolkit", "amis.tasks", "analytics.tasks", "production.tasks")
    assert imported_by("beat", spared) == ""


def test_a_worker_imports_no_shell_and_no_page():
    """Each would cost every worker some 10 MB."""
    spared = ("prompt_toolkit", "amis.urls", "production.admin", "rest_framework.views")
    assert imported_by("ingest", spared) == ""


def imported_by(process: str, names: tuple[str, ...]) -> str:
    """Those of the modules that a process has when it is ready."""
    script = (
        f"import django; django.setup(); {PROCESSES[process]};"
        f" import sys; print(*sorted(set(sys.modules) & set({names!r})))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "amis.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
