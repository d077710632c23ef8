"""The database and the cache of the demo: embedded, unless the caller named servers of their
own.
"""

from __future__ import annotations

import os
import signal
import time

import psycopg2
from psycopg2 import sql

from amis.environment import names_cache, names_database
from amis.stack import paths
from amis.stack.install import Installation
from amis.stack.postgres import LocalPostgres, PostgresError
from amis.stack.supervisor import Service, Supervisor
from amis.stack.valkey import LocalValkey

START_WITHIN_S = 60.0


class Stores:
    """What is started here and where the rest of the demo finds it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.own_database = not names_database(os.environ)
        self.own_cache = not names_cache(os.environ)
        self._postgres = LocalPostgres(
            paths.POSTGRES,
            port=installation.db_port,
            password=installation.superuser_password,
        )
        self._valkey = LocalValkey(
            paths.VALKEY, port=installation.cache_port, password=installation.cache_password
        )

    @property
    def cache_url(self) -> str:
        """Of the cache that is started here."""
        return self._valkey.url()

    def start(self, supervisor: Supervisor) -> None:
        """Start what is ours and wait until it answers."""
        if self.own_cache:
            self._valkey.prepare()
            supervisor.add(Service("cache", self._valkey.command(), os.environ))
        if self.own_database:
            self._postgres.prepare()
            supervisor.add(
                Service(
                    "db",
                    self._postgres.command(),
                    os.environ,
                    account=self._postgres.user(),
                    stop_signal=signal.SIGINT,
                )
            )
        self._wait(supervisor)
        if self.own_database:
            self._make_owner()

    def _wait(self, supervisor: Supervisor) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while (self.own_database and not self._postgres.answers()) or (
            self.own_cache and not self._valkey.answers()
        ):
            if time.monotonic() > deadline:
                raise PostgresError("Database or cache do not start; see .amis/log/db.log.")
            supervisor.tick()
            time.sleep(0.05)

    def _enter(self) -> psycopg2.extensions.connection:
        """A superuser's session. Raises PostgresError where the data know another password."""
        try:
            return psycopg2.connect(self._postgres.url())
        except psycopg2.OperationalError as error:
            raise PostgresError(
                f"The database in {self._postgres.data.parent} was made for a .amis folder that "
                f"is gone, with its passwords. Put that folder back, or remove "
                f"{self._postgres.data.parent} to begin with a new database. ({error})"
            ) from error

    def _make_owner(self) -> None:
        """The owner's login and the database; everything else is done with that login."""
        with self._enter() as session, session.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'amis_owner'")
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                sql.SQL("{} ROLE amis_owner LOGIN CREATEROLE CREATEDB PASSWORD {}").format(
                    sql.SQL(verb), sql.Literal(self._installation.owner_password)
                )
            )
        session.close()
        session = self._enter()
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'amis'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE amis OWNER amis_owner")
        session.close()
