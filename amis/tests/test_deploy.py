"""An installation behind TLS passes Django's own checks, and its packages are audited."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys

import pytest

from amis.environment import ROOT

verdict = runpy.run_path(str(ROOT / "scripts" / "audit.py"))["verdict"]


def test_djangos_checks_for_deployment_find_nothing():
    secrets = {"SECRET_KEY": "k3y-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2}
    more = {"AMIS_HTTPS": "1", "BASE_DOMAIN": "amis.example.com", "AMIS_DEBUG": "0"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**os.environ, **secrets, **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


def package(name: str, *ids: str) -> dict:
    weak = [{"id": one, "fix_versions": ["2.1"], "aliases": [], "description": ""} for one in ids]
    return {"name": name, "version": "2.0", "vulns": weak}


def test_a_known_weakness_fails_and_says_what_mends_it():
    found = json.dumps({"dependencies": [package("good"), package("weak", "PYSEC-7")]})
    status, said = verdict(found, "Found 1 known vulnerability in 1 package")
    assert (status, "weak 2.0: PYSEC-7, mended in 2.1" in said) == (1, True)


def test_sound_packages_pass():
    assert verdict(json.dumps({"dependencies": [package("good")]}), "")[0] == 0


@pytest.mark.parametrize("error", ["requests.exceptions.ConnectionError: no name", "ReadTimeout"])
def test_without_the_internet_nothing_fails_and_one_line_says_so(error):
    status, said = verdict("", f"Traceback\n{error}")
    assert (status, said.count("\n")) == (0, 0)
    assert "no package was audited" in said


def test_a_tool_that_fails_otherwise_is_not_taken_for_clean():
    status, said = verdict("", "usage: pip-audit\nerror: unrecognized arguments: -s")
    assert (status, "unrecognized" in said) == (1, True)


def test_packages_that_were_skipped_are_not_called_sound():
    skipped = {"name": "odd", "skip_reason": "not found"}
    status, said = verdict(json.dumps({"dependencies": [skipped]}), "")
    assert (status, "none was audited" in said) == (0, True)
