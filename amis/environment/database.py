"""Where PostgreSQL is, and its two logins."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from amis.environment.urls import host_of, url_of
from amis.environment.values import Values

EXAMPLE = "postgres://user:password@host:5432/name"
DEFAULT_PORT = 5432


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


def database_of(values: Values) -> Database:
    """From DATABASE_URL, or from its parts."""
    url = values.text("DATABASE_URL")
    parts = _from_url(values, url) if url else _from_parts(values)
    host, port, name, user, password = parts
    owner = values.text("DB_OWNER_USER") or user
    owner_password = values.text("DB_OWNER_PASSWORD")
    if owner == user and not owner_password:
        owner_password = password
    return Database(host, port, name, user, password, owner, owner_password)


def _from_parts(values: Values) -> tuple[str, int, str, str, str]:
    needed = {name: values.text(name) for name in ("DB_HOST", "DB_NAME", "DB_USER")}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        values.faults.append(f"{', '.join(missing)}: missing (or set DATABASE_URL)")
    for host in needed["DB_HOST"].split(","):
        if not host.startswith("/"):  # the folder of a socket
            host_of(values, "DB_HOST", host)
    return (
        needed["DB_HOST"],
        values.number("DB_PORT", DEFAULT_PORT, int, lowest=1, highest=65535),
        needed["DB_NAME"],
        needed["DB_USER"],
        values.text("DB_PASSWORD"),
    )


def _from_url(values: Values, url: str) -> tuple[str, int, str, str, str]:
    parts = url_of(values, "DATABASE_URL", url, schemes=("postgres", "postgresql"), example=EXAMPLE)
    if parts is None:
        return "", DEFAULT_PORT, "", "", ""
    name = parts.path.lstrip("/")
    if not name:
        values.faults.append(f"DATABASE_URL: names no database; write an address such as {EXAMPLE}")
    return (
        parts.hostname or "",
        parts.port or DEFAULT_PORT,
        unquote(name),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
