"""Where PostgreSQL is, and its two logins."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from amis.environment.values import Values


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
    return (
        needed["DB_HOST"],
        values.number("DB_PORT", 5432, int, lowest=1, highest=65535),
        needed["DB_NAME"],
        needed["DB_USER"],
        values.text("DB_PASSWORD"),
    )


def _from_url(values: Values, url: str) -> tuple[str, int, str, str, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as error:
        values.faults.append(f"DATABASE_URL: {error}")
        return "", 5432, "", "", ""
    name = parts.path.lstrip("/")
    if parts.scheme not in {"postgres", "postgresql"} or not (parts.hostname and name):
        values.faults.append("DATABASE_URL: must look like postgres://user:password@host:5432/name")
    return (
        parts.hostname or "",
        port,
        unquote(name),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
