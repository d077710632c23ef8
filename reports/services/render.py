"""Content to files, in a process of its own: it is killed on cancel or when it takes too long, and
what it needed of memory is given back with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from amis.errors import AmisError

WITHIN_S = 240.0
LOOK_EVERY_S = 0.2
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV")
"""What the process knows of ours: no password and no key."""
CHARTS = "charts"
Tell = Callable[[float, str], None]


class NotRendered(AmisError):
    """The files could not be made; the sentence says why, as the document's own code does."""

    code = "not_rendered"


def render(
    content: Mapping[str, Any], folder: Path, *, formats: Sequence[str], tell: Tell
) -> dict[str, Path]:
    """Format → file in `folder`; with "charts" among the formats the charts lie there as SVG.

    Raises NotRendered; whatever `tell` raises ends the process.
    """
    source = folder / "content.json"
    source.write_text(json.dumps(content), encoding="utf-8")
    # It makes at least one file; of all kinds a table is made most quickly.
    files = [one for one in formats if one != CHARTS] or ["csv"]
    options = ["--formats", ",".join(files)]
    options += ["--charts"] if CHARTS in formats else []
    command = [sys.executable, "-m", "reports.document", str(source), str(folder), *options]
    printed = _run(command, tell)
    source.unlink()
    try:
        return {str(name): folder / str(file) for name, file in json.loads(printed).items()}
    except (ValueError, AttributeError) as error:
        raise NotRendered("The report's files were made, but not named.") from error


def _run(command: list[str], tell: Tell) -> str:
    """What the process printed. It is dead when this returns or raises."""
    with subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={name: os.environ[name] for name in KEPT if name in os.environ}
        | {"OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            out, err = _wait(process, tell)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise NotRendered(_reason(err))
    return out


def _wait(process: subprocess.Popen[str], tell: Tell) -> tuple[str, str]:
    begun = time.monotonic()
    while True:
        try:
            return process.communicate(timeout=LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            spent = time.monotonic() - begun
        if spent > WITHIN_S:
            raise NotRendered(f"The files were not ready after {WITHIN_S:g} s.")
        # How long it takes is not known; most are ready in a few seconds.
        tell(100 * spent / (spent + 10), "Setting the pages")


def _reason(err: str) -> str:
    """The last line that the process wrote, which is its sentence."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return lines[-1][:500] if lines else "The report's files could not be made."
