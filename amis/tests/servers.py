"""Pytest plugin: a PostgreSQL and a Valkey of the test run's own, gone when it ends."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest

OWNER, OWNER_PASSWORD = "amis_owner", "owner-of-the-tests"
RUNTIME, RUNTIME_PASSWORD = "amis_runtime", "runtime-of-the-tests"
DATABASE = "amis_test"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORTS = {"database": _free_port(), "cache": _free_port()}
TEST_ENVIRONMENT = {
    "DB_HOST": "127.0.0.1",
    "DB_PORT": str(PORTS["database"]),
    "DB_NAME": DATABASE,
    "DB_USER": RUNTIME,
    "DB_PASSWORD": RUNTIME_PASSWORD,
    "DB_OWNER_USER": OWNER,
    "DB_OWNER_PASSWORD": OWNER_PASSWORD,
    "REDIS_URL": f"redis://127.0.0.1:{PORTS['cache']}/0",
    "SECRET_KEY": "only-for-tests-" + "0" * 40,
    "AMIS_SECRET_KEYS": "only-for-tests-" + "1" * 40,
    "BASE_DOMAIN": "amis.localhost",
    "AMIS_DEMO": "0",
    "AMIS_DB_LOGIN": "runtime",
}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before the settings are read: the tests never touch a database that somebody works with."""
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(TEST_ENVIRONMENT)


@pytest.fixture(scope="session")
def home() -> Path:
    """A folder for the servers, outside the checkout and readable for the account that runs
    them.
    """
    folder = Path(tempfile.mkdtemp(prefix="amis-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cache_server(home: Path):
    from amis.stack.valkey import LocalValkey

    server = LocalValkey(home / "valkey", port=PORTS["cache"], password="")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database_server(home: Path):
    """PostgreSQL with an empty database and the owner's login."""
    import psycopg2

    from amis.stack.postgres import LocalPostgres

    server = LocalPostgres(home / "postgres", port=PORTS["database"], durable=False)
    server.start()
    superuser = psycopg2.connect(server.url())
    superuser.autocommit = True
    with superuser.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB PASSWORD '{OWNER_PASSWORD}'")
        cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    superuser.close()
    yield server
    server.stop()
