"""What Schemathesis makes of the OpenAPI document, sent to the server with every check it has.

A longer run by hand, with the path form of every route too: `AMIS_HOSTILE_EXAMPLES=100
AMIS_HOSTILE_SEED=8 pytest` with this file.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from django.utils import timezone as clock
from django_tenants.utils import tenant_context
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from amis.environment import ROOT
from amis.stack.ports import free_port
from analytics.tests.stored import RISKS, store_forecast, store_risks
from production.services.reasons import ensure_reasons
from production.tests.factories import make_machine
from tenants.models import Tenant
from tenants.services.tokens import create_token

EXAMPLES = os.environ.get("AMIS_HOSTILE_EXAMPLES")
SEED = os.environ.get("AMIS_HOSTILE_SEED", "7")
RATES = {"AMIS_USER_RATE": "1000000", "AMIS_PLANT_RATE": "1000000"}
# OpenAPI cannot say that `days` and `from` exclude each other, or that a text is a date, a role
# that one may give or a machine that is there: such a request is valid to the document, and 400.
CONFIG = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "413"]
"""
WITHOUT_PATH_FORM = [
    "--exclude-path-regex", "^/api/tenants/{tenant_id}/(?!(export|suspend|resume)$)",
]  # fmt: skip
# Making a plant takes the provision worker, which has tests of its own.
OF_PLANTS = [
    "--include-path-regex", "^/api/tenants/(list|{tenant_id}(/(export|suspend|resume))?)$",
    "--include-path", "/api/users/{user_id}/tenants", "--include-path", "/api/corporate/summary",
]  # fmt: skip


@pytest.fixture
def server(committed, cache_server, tmp_path) -> Iterator[str]:
    """The address of a web process as the stack starts it, on the tests' database."""
    port = free_port()
    command = ["-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "amis.asgi:application"]
    plants, output = list(Tenant.objects.all()), tmp_path / "web.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env={**os.environ, **RATES},
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
        Tenant.objects.bulk_update(plants, ["tenant_name", "plant_location", "status"])
    assert "Traceback" not in output.read_text()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url).close()
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def plant(committed, chicago) -> Tenant:
    with tenant_context(chicago):
        ensure_reasons()
        now = clock.now()
        store_risks([make_machine()], RISKS[:1], now=now)
        store_forecast(now, now.date())
    return chicago


def attack(server: str, key: str, folder: Path, *options: str) -> int:
    """How many requests were sent; fails with what Schemathesis found."""
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG)
    command = [
        Path(sys.executable).with_name("schemathesis"), "--config-file", config, "run",
        f"{server}/api/schema/?format=json", "--checks", "all", "--suppress-health-check", "all",
        "--max-examples", EXAMPLES or "1", "--seed", SEED, "--no-color",
        "--header", f"Authorization: Token {key}", *options,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(re.search(r"(\d+) generated", done.stdout)[1])


def test_a_plants_administrator_breaks_nothing_and_hears_only_what_is_written(
    server, plant, person, tmp_path
):
    key = create_token(user=person("ada", chicago="admin"), tenant=plant)
    assert attack(server, key, tmp_path, *([] if EXAMPLES else WITHOUT_PATH_FORM)) > 200


def test_the_platforms_administrator_breaks_nothing_and_hears_only_what_is_written(
    server, plant, person, tmp_path
):
    key = create_token(user=person("root", admin=True), tenant=None)
    assert attack(server, key, tmp_path, *OF_PLANTS) > 20


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["x" * 65_537], 1009),
        (["{}"] * 200, 1008),
        ([b"\xff", b"\xc3", b"{}"], 1007),
        ([b"\xc3"], 1007),
    ],
)
def test_the_server_says_why_it_ends_a_live_connection(server, person, chicago, frames, code):
    key = create_token(user=person("ada", chicago="viewer"), tenant=chicago)
    headers = {"Authorization": f"Token {key}"}
    live = connect(f"{server.replace('http', 'ws')}/ws", additional_headers=headers)
    with live, pytest.raises(ConnectionClosed) as ended:
        for frame in frames:
            live.send(frame, text=True)
        while True:
            live.recv(timeout=20)
    assert ended.value.rcvd.code == code
