"""Where the local stack keeps its things, all under `.amis/` of the checkout or AMIS_HOME."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from amis.environment import BadEnvironment, home

try:
    HOME = home()
except BadEnvironment as error:
    sys.exit(str(error))
ENV = HOME / "env"
DEMO = HOME / "demo.json"
STATE = HOME / "stack.json"
LOCK = HOME / "lock"
PIDS = HOME / "pids.json"
SECRETS = HOME / "secrets.json"
LOGS = HOME / "log"
MAIL = HOME / "mail"
REPORTS = HOME / "reports"
POSTGRES = HOME / "postgres"
VALKEY = HOME / "valkey"
CONTROL = HOME / "control"


def make_home() -> None:
    """Create the folders; nobody else on the machine can look inside."""
    HOME.mkdir(exist_ok=True)
    HOME.chmod(0o700)
    for folder in (LOGS, MAIL, REPORTS, CONTROL):
        folder.mkdir(exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def write_json(path: Path, data: Any) -> None:
    write_private(path, json.dumps(data, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """The file's content; None where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
