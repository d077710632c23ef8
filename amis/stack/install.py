"""What one installation of the demo keeps between starts: ports, passwords and its beginning."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta

from amis.environment import DATABASE_NAMES, names_cache, names_database
from amis.stack import paths
from amis.stack.ports import first_free, free_port, is_free
from amis.stack.services import PLANTS

FIRST_PLC_PORT = 4840
HANDED_ON = ("GROQ_", "AI_", "EMAIL_", "SMTP_")
"""Names that begin so reach `manage.py` too; the services have the whole environment."""


class PortTaken(Exception):
    """The web port is in use by somebody else."""


@dataclass(frozen=True)
class Installation:
    """Ports may change between starts when somebody took them; passwords and epoch do not."""

    epoch: str
    web_port: int
    db_port: int
    cache_port: int
    plc_ports: dict[str, int]
    superuser_password: str
    owner_password: str
    runtime_password: str
    cache_password: str
    plc_password: str
    secret_key: str
    # Installations from before secrets were sealed get theirs at the next start.
    sealing_key: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def save(self) -> None:
        paths.write_json(paths.STATE, asdict(self))


def load_or_make(*, web_port: int, history_days: int) -> Installation:
    """The installation of this checkout with ports that are free now. Raises PortTaken."""
    if not is_free(web_port):
        raise PortTaken(
            f"Port {web_port} is taken by another program. Choose another: "
            f"make demo AMIS_PORT={first_free(web_port + 1)}"
        )
    stored = paths.read_json(paths.STATE)
    installation = Installation(**stored) if stored else _make(web_port, history_days)
    taken = {web_port}
    plc_ports = {}
    for name in PLANTS:
        wanted = installation.plc_ports.get(name, FIRST_PLC_PORT)
        plc_ports[name] = first_free(wanted, taken=frozenset(taken))
        taken.add(plc_ports[name])
    installation = replace(
        installation,
        web_port=web_port,
        db_port=_keep_or_new(installation.db_port),
        cache_port=_keep_or_new(installation.cache_port),
        plc_ports=plc_ports,
    )
    installation.save()
    return installation


def _make(web_port: int, history_days: int) -> Installation:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Installation(
        epoch=(midnight - timedelta(days=history_days)).isoformat(),
        web_port=web_port,
        db_port=free_port(),
        cache_port=free_port(),
        plc_ports={},
        superuser_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        runtime_password=secrets.token_urlsafe(24),
        cache_password=secrets.token_urlsafe(24),
        plc_password=secrets.token_urlsafe(24),
        secret_key=secrets.token_urlsafe(48),
    )


def _keep_or_new(port: int) -> int:
    return port if is_free(port) else free_port()


def write_environment(installation: Installation, *, base_domain: str, cache_url: str) -> None:
    """`.amis/env`: what `manage.py` needs to talk to the demo without any variable.

    A database or a cache of the caller's own wins: then these lines name those servers.
    """
    lines = {
        "SECRET_KEY": installation.secret_key,
        "AMIS_SECRET_KEYS": os.environ.get("AMIS_SECRET_KEYS") or installation.sealing_key,
        "BASE_DOMAIN": base_domain,
        "AMIS_PORT": str(installation.web_port),
        "AMIS_DEMO": "1",
        "AMIS_OPCUA_ALLOW": os.environ.get("AMIS_OPCUA_ALLOW") or "127.0.0.1/32",
        "AMIS_METRICS_TOKEN": _metrics_token(installation),
        "AMIS_PLC_PASSWORD": installation.plc_password,
    }
    if names_cache(os.environ):
        lines |= _callers(frozenset({"REDIS_URL", "REDIS_URL_FILE"}))
    else:
        lines["REDIS_URL"] = cache_url
    if names_database(os.environ):
        lines |= _callers(DATABASE_NAMES)
    else:
        lines |= _local_database(installation)
    lines |= _handed_on()
    text = "".join(f"{name}={value}\n" for name, value in lines.items())
    paths.write_private(paths.ENV, text)


def _metrics_token(installation: Installation) -> str:
    """The caller's own, or one that stays the same as long as the installation does."""
    made = hmac.new(installation.secret_key.encode(), b"metrics", hashlib.sha256).hexdigest()
    return os.environ.get("AMIS_METRICS_TOKEN") or made


def _handed_on() -> dict[str, str]:
    """The caller's mail server and language model, in quotes so that spaces stay as they are."""
    return {
        name: f"'{value}'"
        for name, value in os.environ.items()
        if name.startswith(HANDED_ON) and value and "\n" not in value
    }


def _callers(names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in names and value}


def _local_database(installation: Installation) -> dict[str, str]:
    return {
        "DB_HOST": "127.0.0.1",
        "DB_PORT": str(installation.db_port),
        "DB_NAME": "amis",
        "DB_USER": "amis_runtime",
        "DB_PASSWORD": installation.runtime_password,
        "DB_OWNER_USER": "amis_owner",
        "DB_OWNER_PASSWORD": installation.owner_password,
    }
