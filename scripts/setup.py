"""Set up `.venv` with the packages of the named requirement files; does nothing when they are in.

`auto` stands for the full or the light file, whichever is installed; light where none is. Runs on a
bare Python, so it uses the standard library only, and an old one can read it as far as the refusal.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(f"AMIS needs Python 3.11 or later; this is {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
UNFINISHED = VENV / ".unfinished"
# With these uv would install somewhere else.
ELSEWHERE = {"UV_PYTHON", "UV_SYSTEM_PYTHON", "PYTHONHOME", "PYTHONPATH"}
FULL, LIGHT = "requirements.txt", "requirements-light.txt"


def main(names: list[str]) -> None:
    names = [_installed() if name == "auto" else name for name in names]
    missing = [name for name in names if not _is_in(name)]
    if not missing:
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    began = time.monotonic()
    try:
        _install(missing)
    except OSError as error:
        sys.exit(f"Installing failed: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    sys.stdout.write(
        f"Packages of {', '.join(missing)} are in ({time.monotonic() - began:.0f} s)\n"
    )


def _install(missing: list[str]) -> None:
    """Packages of an installation that was cut short can be half there: then all begins anew."""
    was_whole = not UNFINISHED.exists() and all((BIN / name).exists() for name in ("uv", "python"))
    if not was_whole:
        _make_venv()
    UNFINISHED.touch()
    for name in missing:
        done = _run(BIN / "uv", "pip", "install", "-q", "--require-hashes", "-r", ROOT / name)
        if not done and was_whole:
            UNFINISHED.unlink()
        if not done:
            sys.exit("Installing failed; the lines above say why.")
    for name in [*missing, LIGHT] if FULL in missing else missing:
        _stamp(name).write_text(_digest(name))
    UNFINISHED.unlink()


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("Python cannot make a venv here. On Debian: apt install python3-venv")
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    UNFINISHED.touch()
    pip = (BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    if not (_run(sys.executable, "-m", "venv", VENV) and _run(*pip, _uv_pin())):
        sys.exit("Python's venv could not be made; the lines above say why.")


def _installed() -> str:
    return FULL if _stamp(FULL).exists() else LIGHT


def _is_in(name: str) -> bool:
    stamp = _stamp(name)
    is_whole = (BIN / "python").exists() and not UNFINISHED.exists()
    return is_whole and stamp.exists() and stamp.read_text() == _digest(name)


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _uv_pin() -> str:
    pin = re.search(r"^uv==[\d.]+", (ROOT / "requirements-dev.txt").read_text(), re.M)
    assert pin
    return pin[0]


def _run(*words: object) -> bool:
    """Whether the command did what it should."""
    environment = {k: v for k, v in os.environ.items() if k not in ELSEWHERE}
    environment["VIRTUAL_ENV"] = str(VENV)
    if ssl.create_default_context().cert_store_stats()["x509_ca"]:
        # As pip does: the certificates that this machine trusts, a company's own among them.
        environment.setdefault("UV_SYSTEM_CERTS", "1")
    command = [str(word) for word in words]
    with subprocess.Popen(command, env=environment, start_new_session=True) as running:
        try:
            return running.wait() == 0
        except KeyboardInterrupt:
            os.killpg(running.pid, signal.SIGKILL)
            raise


def _interrupted(*_: object) -> None:
    """Leave by an exception, so that what runs for us is ended first."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(sys.argv[1:])
