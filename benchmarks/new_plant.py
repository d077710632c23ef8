"""G9: what somebody waits for who orders a plant, beside the migration of one plant."""

from __future__ import annotations

import json
import time
import urllib.request
from statistics import median
from typing import Any

import psycopg2

from benchmarks.figure import CannotMeasure, Figure
from benchmarks.ratio import REPEATS
from benchmarks.stack import Stack

LIMIT_S, SHARE = 3.0, 0.35
QUICK_REPEATS = 2
SPARE_WITHIN_S = 120.0
SPARES = "SELECT count(*) FROM pg_namespace WHERE starts_with(nspname, '_spare_')"
KEY = """
from tenants.models import User
from tenants.services.tokens import create_token
print(create_token(user=User.objects.get(username="admin"), tenant=None))
"""
MIGRATE = """
import time
from django.core.management import call_command
from tenants import grants
grants.create_schema("bench_peer")
began = time.monotonic()
call_command("migrate_schemas", schema_name="bench_peer", verbosity=0)
took = time.monotonic() - began
grants.drop_schema("bench_peer")
print(took)
"""


def measure(stack: Stack, *, quick: bool) -> Figure:
    """An order over the API and a migration in turn, each with a schema in reserve."""
    stack.ensure_ready()
    key = stack.run("manage.py", "shell", "-v", "0", "-c", KEY).split()[-1]
    waits, peers, first_pages = [], [], []
    for number in range(QUICK_REPEATS if quick else REPEATS):
        _wait_for_a_spare(stack)
        name = f"bench_{number}"
        began = time.monotonic()
        _ask(stack, key, "create", {"tenant_id": name, "tenant_name": name})
        waits.append(time.monotonic() - began)
        _ask(stack, key, f"{name}/kpis")
        first_pages.append(time.monotonic() - began)
        _ask(stack, key, name, {"confirm": name}, method="DELETE")
        peers.append(
            float(stack.run("manage.py", "shell", "-v", "0", "-c", MIGRATE, login="owner"))
        )
    wait_s, peer_s = median(waits), median(peers)
    return Figure(
        title="order of a plant to its 201, at most 0.35 of a migration",
        value=wait_s,
        unit="s",
        peer=peer_s,
        limit=LIMIT_S,
        passed=max(waits) <= LIMIT_S and wait_s <= SHARE * peer_s,
        counts={
            "orders": len(waits),
            "slowest_s": round(max(waits), 3),
            "least_s": round(min(waits), 3),
            "to_first_kpis_s": round(median(first_pages), 3),
        },
        details=(f"orders {_listed(waits)}", f"migrations {_listed(peers)}"),
    )


def _ask(
    stack: Stack, key: str, path: str, body: dict[str, Any] | None = None, method: str = ""
) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{stack.port}/api/tenants/{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"Authorization": f"Token {key}", "Content-Type": "application/json"},
        method=method or ("POST" if body else "GET"),
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
    except OSError as error:
        raise CannotMeasure(f"{request.method} {path}: {error}") from error


def _wait_for_a_spare(stack: Stack) -> None:
    session = psycopg2.connect(stack.superuser_url())
    session.autocommit = True
    deadline = time.monotonic() + SPARE_WITHIN_S
    with session.cursor() as cursor:
        while True:
            cursor.execute(SPARES)
            if cursor.fetchone()[0]:
                break
            if time.monotonic() > deadline:
                raise CannotMeasure("No schema in reserve was made.")
            time.sleep(0.2)
    session.close()


def _listed(seconds: list[float]) -> str:
    return ", ".join(f"{one:.2f} s" for one in seconds)
