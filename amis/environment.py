"""What the environment says, read once, typed, and refused with all its faults at the same time.

Sources, the first that has a name wins: the process's environment, `.env`, `.amis/env` (written by
the local stack; AMIS_HOME names another folder than `.amis`). Every value may also come from the
file that NAME_FILE names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
N = TypeVar("N", int, float)
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


class BadEnvironment(Exception):
    """All values that AMIS cannot start with, one line each."""

    def __init__(self, faults: list[str]) -> None:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"AMIS cannot start; mend these in the environment or in .env:\n{lines}")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Database:
    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)
    owner_user: str
    owner_password: str = field(repr=False)

    @property
    def runtime_url(self) -> str:
        return self._url(self.user, self.password)

    @property
    def owner_url(self) -> str:
        return self._url(self.owner_user, self.owner_password)

    def _url(self, user: str, password: str) -> str:
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"postgresql://{login}@{self.host}:{self.port}/{quote(self.name, safe='')}"


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting that an installation may choose, with its type; the README's table lists
    them.
    """

    database: Database
    redis_url: str
    secret_key: str = field(repr=False)
    demo: bool
    debug: bool
    base_domain: str
    port: int
    bind: str
    https: bool
    live_interval_s: float
    max_requests: int
    opcua_server_url: str
    db_login: str
    log_level: str
    history_days: int


def home(environ: Mapping[str, str] | None = None, *, root: Path = ROOT) -> Path:
    """Where the local stack keeps its things: `.amis` of the checkout, or what AMIS_HOME names."""
    return root / (given(environ, root=root).get("AMIS_HOME") or ".amis")


def given(environ: Mapping[str, str] | None = None, *, root: Path = ROOT) -> dict[str, str]:
    """What the caller says: `.env`, and over it the process's environment.

    A database named in one of them is not mixed with parts that the other names.
    """
    return _over(dict(os.environ if environ is None else environ), _file(root / ".env"))


def names_database(values: Mapping[str, str]) -> bool:
    return any(values.get(name) for name in ("DATABASE_URL", "DATABASE_URL_FILE", "DB_HOST"))


def names_cache(values: Mapping[str, str]) -> bool:
    return any(values.get(name) for name in ("REDIS_URL", "REDIS_URL_FILE"))


def load(environ: Mapping[str, str] | None = None, *, root: Path = ROOT) -> Environment:
    """Read the environment. Raises BadEnvironment with every fault that it finds."""
    environ = os.environ if environ is None else environ
    return _Reader(_merged(environ, root)).environment()


def secret(name: str, environ: Mapping[str, str] | None = None, *, root: Path = ROOT) -> str:
    """A secret that an installation gave a name of its own, such as the password of a PLC; empty
    where no source has it.
    """
    environ = os.environ if environ is None else environ
    return _Reader(_merged(environ, root)).secret(name)


def _merged(environ: Mapping[str, str], root: Path) -> dict[str, str]:
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


class _Reader:
    """Takes values one by one and remembers what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._faults: list[str] = []

    def secret(self, name: str) -> str:
        return self._text(name)

    def environment(self) -> Environment:
        demo = self._flag("AMIS_DEMO", default=False)
        environment = Environment(
            database=self._database(),
            redis_url=self._redis(),
            secret_key=self._secret_key(),
            demo=demo,
            debug=self._flag("AMIS_DEBUG", default=False),
            base_domain=self._text("BASE_DOMAIN", "amis.localhost"),
            port=self._number("AMIS_PORT", 8000, int, lowest=1, highest=65535),
            bind=self._text("AMIS_BIND", "127.0.0.1"),
            https=self._flag("AMIS_HTTPS", default=False),
            live_interval_s=self._number(
                "AMIS_LIVE_INTERVAL_S", 5.0, float, lowest=0.2, highest=60
            ),
            max_requests=self._number("AMIS_MAX_REQUESTS", 24, int, lowest=1, highest=1000),
            opcua_server_url=self._opcua(),
            db_login=self._choice("AMIS_DB_LOGIN", "runtime", ("runtime", "owner")),
            log_level=self._choice("AMIS_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            history_days=self._number("AMIS_HISTORY_DAYS", 180, int, lowest=1, highest=3650),
        )
        if self._faults:
            raise BadEnvironment(self._faults)
        return environment

    def _text(self, name: str, default: str = "") -> str:
        path = self._values.get(f"{name}_FILE", "").strip()
        if path and not self._values.get(name):
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                self._faults.append(f"{name}_FILE: cannot read {path}: {error}")
                return default
        return self._values.get(name, "").strip() or default

    def _flag(self, name: str, *, default: bool) -> bool:
        text = self._text(name, "1" if default else "0").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text not in {"0", "false", "no", "off"}:
            self._faults.append(f"{name}: {text!r} is neither 1 nor 0")
        return False

    def _number(
        self, name: str, default: N, kind: Callable[[str], N], *, lowest: float, highest: float
    ) -> N:
        text = self._text(name)
        if not text:
            return default
        try:
            value = kind(text)
        except ValueError:
            self._faults.append(f"{name}: {text!r} is not a number")
            return default
        if not lowest <= value <= highest:
            self._faults.append(f"{name}: {text} is not between {lowest:g} and {highest:g}")
            return default
        return value

    def _choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        text = self._text(name, default)
        if text not in choices:
            self._faults.append(f"{name}: {text!r} is not one of {', '.join(choices)}")
        return text

    def _secret_key(self) -> str:
        key = self._text("SECRET_KEY")
        if len(key) < 32:
            self._faults.append(
                "SECRET_KEY: needs at least 32 characters (openssl rand -base64 48 makes one)"
            )
        return key

    def _redis(self) -> str:
        url = self._text("REDIS_URL")
        if not url:
            self._faults.append(
                "REDIS_URL: missing; for example redis://:password@127.0.0.1:6379/0"
            )
        elif urlsplit(url).scheme not in {"redis", "rediss"}:
            self._faults.append("REDIS_URL: must begin with redis:// or rediss://")
        return url

    def _opcua(self) -> str:
        url = self._text("OPCUA_SERVER_URL")
        if url and not url.startswith("opc.tcp://"):
            self._faults.append(f"OPCUA_SERVER_URL: {url!r} does not begin with opc.tcp://")
        return url

    def _database(self) -> Database:
        url = self._text("DATABASE_URL")
        parts = self._from_url(url) if url else self._from_parts()
        host, port, name, user, password = parts
        owner = self._text("DB_OWNER_USER") or user
        owner_password = self._text("DB_OWNER_PASSWORD")
        if owner == user and not owner_password:
            owner_password = password
        return Database(host, port, name, user, password, owner, owner_password)

    def _from_parts(self) -> tuple[str, int, str, str, str]:
        needed = {name: self._text(name) for name in ("DB_HOST", "DB_NAME", "DB_USER")}
        missing = [name for name, value in needed.items() if not value]
        if missing:
            self._faults.append(f"{', '.join(missing)}: missing (or set DATABASE_URL)")
        return (
            needed["DB_HOST"],
            self._number("DB_PORT", 5432, int, lowest=1, highest=65535),
            needed["DB_NAME"],
            needed["DB_USER"],
            self._text("DB_PASSWORD"),
        )

    def _from_url(self, url: str) -> tuple[str, int, str, str, str]:
        try:
            parts = urlsplit(url)
            port = parts.port or 5432
        except ValueError as error:
            self._faults.append(f"DATABASE_URL: {error}")
            return "", 5432, "", "", ""
        name = parts.path.lstrip("/")
        if parts.scheme not in {"postgres", "postgresql"} or not (parts.hostname and name):
            self._faults.append(
                "DATABASE_URL: must look like postgres://user:password@host:5432/name"
            )
        return (
            parts.hostname or "",
            port,
            unquote(name),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )
