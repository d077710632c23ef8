"""The compose file: every service is healthy-checked, restarts, and runs what `make demo` runs."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from amis.environment import ROOT
from amis.stack.services import service_commands

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NAMES = {
    "db": "mfg_postgres",
    "cache": "mfg_cache",
    "api-server": "mfg_api_server",
    "worker": "mfg_worker",
    "ingest": "mfg_ingest",
    "provision": "mfg_provision",
    "reporting-app": "mfg_reporting_pipeline",
    "plc-simulator": "mfg_plc_sim",
}
SAME_AS_DEMO = {
    "api-server": "web",
    "worker": "worker",
    "ingest": "ingest",
    "provision": "provision",
    "reporting-app": "beat",
    "plc-simulator": "plc-chicago",
}


@pytest.mark.parametrize(("service", "container"), NAMES.items())
def test_each_service_keeps_its_container_name(service: str, container: str):
    assert SERVICES[service]["container_name"] == container


@pytest.mark.parametrize("service", NAMES)
def test_each_service_has_a_health_check_and_restarts(service: str):
    assert SERVICES[service]["healthcheck"]["test"]
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", [*(set(SAME_AS_DEMO) - {"plc-simulator"})])
def test_each_process_waits_for_a_healthy_database_and_cache(service: str):
    waits = SERVICES[service]["depends_on"]
    assert waits["db"]["condition"] == waits["cache"]["condition"] == "service_healthy"
    assert waits["migrate"]["condition"] == "service_completed_successfully"


def test_no_secret_has_a_default():
    used = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)(:?[-?][^}]*)?\}", TEXT)
    assert used
    assert all(rest.startswith(":?") for _, rest in used), used


def _program(command: list[str]) -> list[str]:
    """A command without the interpreter's path and without the options that say where it
    listens.
    """
    words = [word for word in command[1:] if not re.fullmatch(r"\d{4,5}|[\d.]+|.*[@/].*", word)]
    where = {"-b", "-p", "--host", "--port", "--allow-remote"}
    return [word for word in words if word not in where]


@pytest.mark.parametrize(("service", "demo"), SAME_AS_DEMO.items())
def test_each_command_is_one_that_the_demo_runs(service: str, demo: str):
    ours = _program(SERVICES[service]["command"])
    theirs = _program(service_commands()[demo])
    assert set(ours) <= set(theirs) | {"0.0.0.0"}, (ours, theirs)


def test_the_image_runs_as_nobody_special_and_has_pango():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER amis$", dockerfile, re.M)
    assert "libpango-1.0-0" in dockerfile
    assert "--require-hashes" in dockerfile
