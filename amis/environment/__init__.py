"""What the environment says, read once, typed, and refused with all its faults at the same time.

Sources, the first that has a name wins: the process's environment, `.env`, `.amis/env` (written by
the local stack; AMIS_HOME names another folder than `.amis`). Every value may also come from the
file that NAME_FILE names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from amis.environment.database import Database, database_of
from amis.environment.doors import Doors, doors_of
from amis.environment.language_model import LanguageModel, language_model_of
from amis.environment.mail import Mail, mail_of
from amis.environment.networks import OWN_NETWORKS, Network, networks_of
from amis.environment.secret_keys import secret_keys_of
from amis.environment.sources import (
    DATABASE_NAMES,
    ROOT,
    given,
    home,
    merged,
    names_cache,
    names_database,
)
from amis.environment.urls import host_of, url_of
from amis.environment.values import BadEnvironment, Values, shown

__all__ = [
    "DATABASE_NAMES",
    "ROOT",
    "BadEnvironment",
    "Database",
    "Doors",
    "Environment",
    "LanguageModel",
    "Mail",
    "given",
    "home",
    "load",
    "names_cache",
    "names_database",
    "secret",
]

REDIS = "redis://:password@127.0.0.1:6379/0"
OPCUA = "opc.tcp://192.0.2.7:4840/path"
CACHE_NUMBER = re.compile(r"/?[0-9]{0,4}")


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting that an installation may choose, with its type; the README's table lists
    them.
    """

    database: Database
    redis_url: str
    secret_key: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    demo: bool
    debug: bool
    base_domain: str
    port: int
    bind: str
    https: bool
    live_interval_s: float
    max_requests: int
    doors: Doors
    opcua_server_url: str
    opcua_allow: tuple[Network, ...]
    db_login: str
    log_level: str
    log_format: str
    history_days: int
    data_dir: str
    language_model: LanguageModel
    mail: Mail


def load(environ: Mapping[str, str] | None = None, *, root: Path = ROOT) -> Environment:
    """Read the environment. Raises BadEnvironment with every fault that it finds."""
    environ = os.environ if environ is None else environ
    return _environment(Values(merged(environ, root)))


def secret(name: str, environ: Mapping[str, str] | None = None, *, root: Path = ROOT) -> str:
    """A secret that an installation gave a name of its own, such as the password of a PLC; empty
    where no source has it.
    """
    environ = os.environ if environ is None else environ
    return Values(merged(environ, root)).text(name)


def _environment(values: Values) -> Environment:
    demo = values.flag("AMIS_DEMO", default=False)
    environment = Environment(
        database=database_of(values),
        redis_url=_redis(values),
        secret_key=_secret_key(values),
        secret_keys=secret_keys_of(values),
        demo=demo,
        debug=values.flag("AMIS_DEBUG", default=False),
        base_domain=_base_domain(values),
        port=values.number("AMIS_PORT", 8000, int, lowest=1, highest=65535),
        bind=host_of(values, "AMIS_BIND", values.text("AMIS_BIND", "127.0.0.1")),
        https=values.flag("AMIS_HTTPS", default=False),
        live_interval_s=values.number("AMIS_LIVE_INTERVAL_S", 5.0, float, lowest=0.2, highest=60),
        max_requests=values.number("AMIS_MAX_REQUESTS", 24, int, lowest=1, highest=1000),
        doors=doors_of(values),
        opcua_server_url=_opcua(values),
        opcua_allow=networks_of(values, "AMIS_OPCUA_ALLOW", OWN_NETWORKS),
        db_login=values.choice("AMIS_DB_LOGIN", "runtime", ("runtime", "owner")),
        log_level=values.choice("AMIS_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        log_format=values.choice("AMIS_LOG_FORMAT", "auto", ("auto", "json", "text")),
        history_days=values.number("AMIS_HISTORY_DAYS", 180, int, lowest=1, highest=3650),
        data_dir=values.text("AMIS_DATA_DIR"),
        language_model=language_model_of(values),
        mail=mail_of(values, demo=demo),
    )
    if values.faults:
        raise BadEnvironment(values.faults)
    return environment


def _secret_key(values: Values) -> str:
    key = values.text("SECRET_KEY")
    if len(key) < 32:
        values.faults.append(
            "SECRET_KEY: needs at least 32 characters (openssl rand -base64 48 makes one)"
        )
    return key


def _redis(values: Values) -> str:
    url = values.text("REDIS_URL")
    if not url:
        values.faults.append(f"REDIS_URL: missing; write an address such as {REDIS}")
        return url
    parts = url_of(values, "REDIS_URL", url, schemes=("redis", "rediss"), example=REDIS)
    if parts is not None and not CACHE_NUMBER.fullmatch(parts.path):
        values.faults.append(
            f"REDIS_URL: {shown(parts.path)} is not the number of a database; "
            f"write an address such as {REDIS}"
        )
    return url


def _opcua(values: Values) -> str:
    url = values.text("OPCUA_SERVER_URL")
    if url:
        url_of(values, "OPCUA_SERVER_URL", url, schemes=("opc.tcp",), example=OPCUA)
    return url


def _base_domain(values: Values) -> str:
    """A host name; a port behind it is for people's convenience."""
    domain = values.text("BASE_DOMAIN", "amis.localhost")
    host, _, port = domain.partition(":")
    host_of(values, "BASE_DOMAIN", host if port.isdecimal() else domain)
    return domain
