"""Where values come from: the process's environment, `.env`, and what the local stack wrote."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from amis.environment.values import BadEnvironment, shown

LONGEST_PATH = 1000
ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE_PARTS = (
    "DB_HOST",
    "DB_PORT",
    "DB_NAME",
    "DB_USER",
    "DB_PASSWORD",
    "DB_OWNER_USER",
    "DB_OWNER_PASSWORD",
)
DATABASE_NAMES = frozenset(
    name + ending for name in ("DATABASE_URL", *DATABASE_PARTS) for ending in ("", "_FILE")
)


def home(environ: Mapping[str, str] | None = None, *, root: Path = ROOT) -> Path:
    """Where the local stack keeps its things: `.amis` of the checkout, or what AMIS_HOME names."""
    name = given(environ, root=root).get("AMIS_HOME") or ".amis"
    if not name.isprintable() or len(name) > LONGEST_PATH:
        raise BadEnvironment([f"AMIS_HOME: {shown(name)} is not the name of a folder"])
    return root / name


def given(environ: Mapping[str, str] | None = None, *, root: Path = ROOT) -> dict[str, str]:
    """What the caller says: `.env`, and over it the process's environment.

    A database named in one of them is not mixed with parts that the other names.
    """
    return _over(dict(os.environ if environ is None else environ), _file(root / ".env"))


def names_database(values: Mapping[str, str]) -> bool:
    return any(values.get(name) for name in ("DATABASE_URL", "DATABASE_URL_FILE", "DB_HOST"))


def names_cache(values: Mapping[str, str]) -> bool:
    return any(values.get(name) for name in ("REDIS_URL", "REDIS_URL_FILE"))


def merged(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """All sources. The local stack's database is taken whole or not at all: a password that
    stands in `.env` for containers is not its password.
    """
    local = _file(home(environ, root=root) / "env")
    said = given(environ, root=root)
    if names_database(local) and not names_database(said):
        said = {name: value for name, value in said.items() if name not in DATABASE_NAMES}
    return _over(said, local)


def _over(upper: dict[str, str], lower: dict[str, str]) -> dict[str, str]:
    if names_database(upper):
        lower = {name: value for name, value in lower.items() if name not in DATABASE_NAMES}
    return {**lower, **upper}


def _file(path: Path) -> dict[str, str]:
    """KEY=VALUE lines; comments, `export ` and quotes around the value are allowed."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadEnvironment([f"{path}: cannot be read as text: {error}"]) from error
    if any("\0" in line for line in lines):
        raise BadEnvironment([f"{path}: holds a NUL character; write it anew as plain text"])
    values: dict[str, str] = {}
    for raw in lines:
        line = raw.strip().removeprefix("export ")
        if not line or line.startswith("#") or "=" not in line:
            continue
        name, value = line.split("=", 1)
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        values[name.strip()] = value
    return values
