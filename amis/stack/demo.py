"""`make demo`: set the stack up, fill in the past, run everything, and say where to go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from amis import environment
from amis.environment import ROOT, BadEnvironment, Environment
from amis.stack import leave, lock, paths
from amis.stack.backfill import BackfillFailed, fill_in_the_past
from amis.stack.console import Console
from amis.stack.forked import NAME as FORK_SERVER
from amis.stack.forked import ForkServer, is_possible
from amis.stack.install import Installation, PortTaken, load_or_make, write_environment
from amis.stack.postgres import LocalPostgres, PostgresError
from amis.stack.report import farewell, write_demo_file
from amis.stack.services import (
    PLANTS,
    PROCESSES,
    service_commands,
    service_environment,
    stop_signal,
)
from amis.stack.stores import Stores
from amis.stack.supervisor import Forks, Service, Supervisor
from amis.stack.valkey import ValkeyError

LOOPBACKS = {"127.0.0.1", "localhost", "::1"}
READY_WITHIN_S = 120.0
# Before the sentence of a management command that knows why it cannot go on.
REFUSAL = "CommandError: "
# What the demo itself fills in, so that the caller's own settings can be checked before it starts.
FILLED_IN = {
    "SECRET_KEY": "-" * 32,
    "AMIS_SECRET_KEYS": "-" * 32,
    "REDIS_URL": "redis://127.0.0.1",
}
FILLED_IN_DATABASE = {"DB_HOST": "127.0.0.1", "DB_NAME": "amis", "DB_USER": "amis"}


class CannotStart(Exception):
    """A sentence for the person who typed `make demo`."""


def up() -> int:
    """Run until a signal comes. 0 after an orderly end, 1 with a sentence where it cannot start."""
    try:
        os.environ.update(environment.given())
        settings = _wishes()
        paths.make_home()
        with lock.held():
            Demo(settings).run()
    except OSError as error:
        sys.stderr.write(f"The demo cannot go on: {error}\n")
    except lock.AlreadyRunning:
        demo = paths.read_json(paths.DEMO) or {}
        where = demo.get("base_url", "this checkout")
        sys.stderr.write(f"The demo is running already at {where} (stop it with Ctrl-C there).\n")
    except REASONS as error:
        sys.stderr.write(f"{error}\n")
    else:
        return 0
    return 1


def _wishes() -> Environment:
    """The caller's settings. Raises BadEnvironment with all that is wrong with them."""
    filled_in = FILLED_IN | ({} if environment.names_database(os.environ) else FILLED_IN_DATABASE)
    settings = environment.load(filled_in | os.environ)
    if settings.bind not in LOOPBACKS:
        raise CannotStart(
            f"The demo listens on 127.0.0.1 only, not on AMIS_BIND={settings.bind}: its accounts "
            "are for trial. For others to reach AMIS, install it with docker compose behind TLS."
        )
    return settings


class Leaving(BaseException):
    """A signal came while the demo was starting: not a failure of what it interrupts."""


REASONS = (
    BackfillFailed,
    BadEnvironment,
    CannotStart,
    PortTaken,
    PostgresError,
    ValkeyError,
)


class Demo:
    """One run of the demo."""

    def __init__(self, settings: Environment) -> None:
        self._settings = settings
        self._console = Console()
        self._supervisor = Supervisor(changed=self._write)
        self._facts: dict[str, Any] | None = None
        self._ready_s: float | None = None
        self._fork: Forks | None = None

    def run(self) -> None:
        leave.heed(self._leave)
        try:
            self._start()
            self._supervisor.watch()
        except Leaving:
            pass
        finally:
            self._stop()

    def _stop(self) -> None:
        if self._supervisor.services:
            self._console.say("Stopping")
            self._supervisor.stop_all()
            self._console.say("Stopped; data are kept")
        for path in (paths.DEMO, paths.PIDS):
            path.unlink(missing_ok=True)

    def _leave(self, *_: object) -> None:
        """While starting, unwind at once; while watching, end the watch."""
        self._supervisor.leave()
        if self._ready_s is None:
            leave.heed_no_more()
            raise Leaving

    def _start(self) -> None:
        lock.end_leftovers()
        if os.environ.get("RESET") == "1":
            _reset()
        for stale in paths.CONTROL.iterdir():
            stale.unlink()
        self._installation = load_or_make(
            web_port=self._settings.port, history_days=self._settings.history_days
        )
        self._stores = Stores(self._installation)
        write_environment(
            self._installation,
            base_domain=self._settings.base_domain,
            cache_url=self._stores.cache_url,
        )
        self._settings = environment.load()
        commands = self._commands()
        self._begin_fork_server()
        with self._console.step("Database and cache run"):
            self._stores.start(self._supervisor)
        self._begin_processes(commands, PLANTS)
        with self._console.step("Tables, plants, people and tokens are there"):
            self._facts = json.loads(self._manage("make_demo_plants", *self._plant_options()))
        self._fill_in_the_past(self._facts["tenants"])
        with self._console.step("Web, workers, ingest and beat run"):
            self._begin_processes(commands, PROCESSES)
            self._write()
        with self._console.step("Live data flow"):
            self._wait_until_ready()
        self._ready_s = self._console.elapsed_s
        self._write()
        farewell(self._console, paths.read_json(paths.DEMO))

    def _fill_in_the_past(self, tenants: list[dict[str, Any]]) -> None:
        empty = {tenant["tenant_id"] for tenant in tenants if not tenant["has_history"]}
        if empty:
            fill_in_the_past(
                self._installation, self._console, tenants=empty, environment=self._environment()
            )

    def _commands(self) -> dict[str, list[str]]:
        return service_commands(
            port=self._installation.web_port,
            plc_ports=self._installation.plc_ports,
            epoch=self._installation.epoch,
        )

    def _environment(self) -> dict[str, str]:
        """The caller's own, so that mail, language model and database settings reach the services.

        Compiled modules are kept in any case: to compile them again takes most of a start.
        """
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return {
            **inherited,
            "AMIS_PORT": str(self._installation.web_port),
            "AMIS_HTTPS": "0",
            "AMIS_PLC_PASSWORD": self._installation.plc_password,
        }

    def _begin_processes(self, commands: dict[str, list[str]], names: Any) -> None:
        for name in names:
            environment = service_environment(name, self._environment())
            service = Service(name, commands[name], environment, stop_signal=stop_signal(name))
            service.started_by = self._fork
            self._supervisor.add(service)

    def _begin_fork_server(self) -> None:
        if is_possible():
            server = ForkServer(service_environment(FORK_SERVER, self._environment()))
            self._supervisor.add(server)
            self._fork = server.fork

    def _plant_options(self) -> list[str]:
        options = ["--secrets", str(paths.SECRETS)]
        for name, (tenant_id, _, _) in PLANTS.items():
            options += ["--opcua", f"{tenant_id}={plc_url(self._installation, name)}"]
        return options

    def _manage(self, *words: str) -> str:
        """Run a management command; its output. Raises CannotStart with the end of its errors."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        with (paths.LOGS / "setup.log").open("a") as log:
            log.write(done.stderr)
        if done.returncode and REFUSAL in done.stderr:
            raise CannotStart(done.stderr.rpartition(REFUSAL)[2].strip())
        if done.returncode:
            raise CannotStart(f"manage.py {words[0]} failed:\n{done.stderr.strip()[-1500:]}")
        return done.stdout

    def _wait_until_ready(self) -> None:
        url = f"http://127.0.0.1:{self._installation.web_port}/readyz"
        deadline = time.monotonic() + READY_WITHIN_S
        missing = "web"
        while time.monotonic() < deadline:
            self._supervisor.tick()
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except urllib.error.HTTPError as error:
                missing = _missing(error.read())
            except OSError:
                missing = "web"
            time.sleep(0.25)
        raise CannotStart(
            f"Not ready after {READY_WITHIN_S:.0f} s; missing: {missing}. See .amis/log/."
        )

    def _write(self) -> None:
        lock.remember(self._supervisor.pids)
        if self._facts is not None:
            write_demo_file(
                facts=self._facts,
                installation=self._installation,
                settings=self._settings,
                services=self._supervisor.services,
                ready_s=self._ready_s,
            )


def plc_url(installation: Installation, name: str) -> str:
    return f"opc.tcp://127.0.0.1:{installation.plc_ports[name]}/freeopcua/server/"


def _reset() -> None:
    """Forget everything of an earlier demo, the cluster outside the checkout included."""
    if paths.STATE.exists():
        shutil.rmtree(LocalPostgres(paths.POSTGRES).data, ignore_errors=True)
    for path in (paths.POSTGRES, paths.VALKEY, paths.LOGS, paths.MAIL, paths.REPORTS):
        shutil.rmtree(path, ignore_errors=True)
    for path in (paths.STATE, paths.ENV, paths.SECRETS, paths.DEMO):
        path.unlink(missing_ok=True)
    paths.make_home()


def _missing(body: bytes) -> str:
    try:
        checks = json.loads(body)["checks"]
    except (ValueError, KeyError):
        return "web"
    return ", ".join(name for name, check in checks.items() if not check["ok"])
