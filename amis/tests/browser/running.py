"""A demo of the tests' own: started as `make demo` starts it, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from asyncua.sync import Client

from amis.environment import ROOT
from amis.stack.ports import free_port
from amis.stack.postgres import LocalPostgres
from amis.tests import servers

READY_WITHIN_S = 180.0
HISTORY_DAYS = 3


class RunningDemo:
    """`python -m amis.stack up` and what its demo.json tells."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="amis-demo-"))
        outside = {name: os.environ[name] for name in os.environ if name not in NOT_INHERITED}
        self._environment = outside | {
            "AMIS_HOME": str(self.home),
            "AMIS_PORT": str(free_port()),
            "AMIS_HISTORY_DAYS": str(HISTORY_DAYS),
        }
        self._output = self.home / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when live data flow."""
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "amis.stack", "up"],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The demo does not start:\n{self._output.read_text()}")
            time.sleep(0.2)

    def stop(self) -> None:
        """End it and leave nothing behind, the cluster outside its folder included."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
        shutil.rmtree(LocalPostgres(self.home / "postgres").data.parent, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def facts(self) -> dict[str, Any]:
        return json.loads((self.home / "demo.json").read_text())

    def url(self, tenant_id: str = "plant_chicago") -> str:
        """The plant's page."""
        return next(t["url"] for t in self.facts["tenants"] if t["tenant_id"] == tenant_id)

    def password(self, name: str) -> tuple[str, str]:
        """The e-mail address and the password of alice, bob and the others."""
        users = self.facts["users"]
        user = next(user for user in users if user["email"].split("@")[0] == name)
        return user["email"], user["password"]

    def token(self, tenant_id: str = "plant_chicago", role: str = "manager") -> str:
        tokens = self.facts["tokens"]
        return next(t["token"] for t in tokens if (t["tenant_id"], t["role"]) == (tenant_id, role))

    def manage(self, *words: str) -> str:
        """The output of a `manage.py` that talks to this demo."""
        return self._run(str(ROOT / "manage.py"), *words)

    def switch(self, action: str, service: str) -> None:
        """`python -m amis.stack stop plc-chicago` and its like."""
        self._run("-m", "amis.stack", action, service)

    def inject(self, fault: str, *, machine_id: str) -> None:
        """Make a machine of Chicago fail, as somebody at the simulated plant would."""
        plc = next(plc for plc in self.facts["opcua"] if plc["tenant_id"] == "plant_chicago")
        client = Client(plc["url"])
        client.set_user(plc["username"])
        client.set_password(plc["password"])
        with client:
            index = client.get_namespace_index("urn:amis:plc-sim")
            machine = client.get_node(f"ns={index};s={machine_id}")
            machine.call_method(client.get_node(f"ns={index};s={machine_id}.InjectFault"), fault)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _is_ready(self) -> bool:
        demo = self.home / "demo.json"
        return demo.exists() and json.loads(demo.read_text())["ready_s"] is not None


NOT_INHERITED = {*servers.TEST_ENVIRONMENT, "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "RESET"}
