"""Set up `.venv` with the packages of the named requirement files; does nothing when they are in.

`auto` stands for the full or the light file, whichever is installed; light where none is. Runs on a
bare Python, so it uses the standard library only.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
FULL, LIGHT = "requirements.txt", "requirements-light.txt"


def main(names: list[str]) -> int:
    if sys.version_info < (3, 11):
        return _refuse(f"AMIS needs Python 3.11 or later; this is {sys.version.split()[0]}.")
    names = [_installed() if name == "auto" else name for name in names]
    missing = [name for name in names if not _is_in(name)]
    if not missing:
        return 0
    if not (BIN / "python").exists() and not _make_venv():
        return _refuse("Python cannot make a venv here. On Debian: apt install python3-venv")
    began = time.monotonic()
    if not (BIN / "uv").exists():
        _run(BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", _uv_pin())
    for name in missing:
        _run(BIN / "uv", "pip", "install", "-q", "--require-hashes", "-r", ROOT / name)
        _stamp(name).write_text(_digest(name))
    if FULL in missing:
        _stamp(LIGHT).write_text(_digest(LIGHT))
    sys.stdout.write(
        f"Packages of {', '.join(missing)} are in ({time.monotonic() - began:.0f} s)\n"
    )
    return 0


def _make_venv() -> bool:
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, check=False
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
    return made.returncode == 0


def _installed() -> str:
    return FULL if _stamp(FULL).exists() else LIGHT


def _is_in(name: str) -> bool:
    stamp = _stamp(name)
    return stamp.exists() and stamp.read_text() == _digest(name)


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _uv_pin() -> str:
    pin = re.search(r"^uv==[\d.]+", (ROOT / "requirements-dev.txt").read_text(), re.M)
    assert pin
    return pin[0]


def _run(*words: object) -> None:
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    done = subprocess.run([str(word) for word in words], check=False, env=environment)
    if done.returncode:
        sys.exit(_refuse("Installing failed; the lines above say why."))


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
