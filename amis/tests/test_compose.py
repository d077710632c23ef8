"""The compose file: each service is healthy-checked, restarts, has no secret of its own, and runs
what `make demo` runs, from one image that is nobody special.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from amis.environment import ROOT, load
from amis.stack.services import service_commands

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CADDY = ROOT / "deploy" / "Caddyfile"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NAMES = {
    "db": "mfg_postgres",
    "cache": "mfg_cache",
    "api-server": "mfg_api_server",
    "worker": "mfg_worker",
    "ingest": "mfg_ingest",
    "provision": "mfg_provision",
    "ml": "mfg_ml",
    "ml-tf": "mfg_ml_tf",
    "reporting-app": "mfg_reporting_pipeline",
    "plc-simulator": "mfg_plc_sim",
}
SAME_AS_DEMO = {
    "api-server": "web",
    "worker": "worker",
    "ingest": "ingest",
    "provision": "provision",
    "ml": "ml",
    "ml-tf": "ml-tf",
    "reporting-app": "beat",
    "plc-simulator": "plc-chicago",
}
OURS = [*SAME_AS_DEMO, "migrate"]
INSIDE = [name for name in OURS if name != "plc-simulator"]
REQUIRED = re.compile(r"\$\{\w+:\?[^}]+\}")


def _filled(value: object) -> str:
    """A value as compose would pass it on where every secret was set."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
    return REQUIRED.sub("s" * 40, text)


@pytest.mark.parametrize(("service", "container"), NAMES.items())
def test_each_service_keeps_its_container_name(service: str, container: str):
    assert SERVICES[service]["container_name"] == container


@pytest.mark.parametrize("service", NAMES)
def test_each_service_has_a_health_check_and_restarts(service: str):
    check = SERVICES[service]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries"} <= set(check)
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", INSIDE)
def test_each_process_waits_for_a_healthy_database_and_cache(service: str):
    waits = SERVICES[service]["depends_on"]
    assert waits["db"]["condition"] == waits["cache"]["condition"] == "service_healthy"
    if service != "migrate":
        assert waits["migrate"]["condition"] == "service_completed_successfully"


def test_no_secret_has_a_default_or_stands_in_the_file():
    named = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)(:?[-?][^}]*)?\}", TEXT)
    assert named
    # What may be left out is empty then.
    assert all(rest.startswith(":?") or rest == ":-" for _, rest in named), named
    for service, entry in SERVICES.items():
        for name, value in entry.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|AUTH", name):
                may_be_left_out = value == f"${{{name}:-}}"
                assert may_be_left_out or REQUIRED.fullmatch(value), (service, name)
            login = re.search(r"://([^/]*)@", REQUIRED.sub("", str(value)))
            assert login is None or login[1] == ":", (service, name)


@pytest.mark.parametrize("service", INSIDE)
def test_what_a_process_is_told_is_what_it_reads(service: str, tmp_path: Path):
    told = {name: _filled(value) for name, value in SERVICES[service]["environment"].items()}
    database = load(told, root=tmp_path).database
    server = SERVICES["db"]["environment"]
    assert (database.host, database.name) == ("db", _filled(server["POSTGRES_DB"]))
    assert database.owner_user == _filled(server["POSTGRES_USER"]) != database.user
    assert server["POSTGRES_PASSWORD"] == SERVICES[service]["environment"]["DB_OWNER_PASSWORD"]
    read = "".join(f.read_text() for f in (ROOT / "amis" / "environment").glob("*.py"))
    celerys_own = {"REMAP_SIGTERM"} if service in ("ml", "ml-tf") else set()
    unread = {name for name in told if f'"{name}"' not in read}
    assert unread == {"AMIS_PLC_PASSWORD"} | celerys_own


@pytest.mark.parametrize("service", INSIDE)
def test_only_the_provision_worker_has_the_owners_login(service: str):
    login = SERVICES[service]["environment"].get("AMIS_DB_LOGIN", "runtime")
    assert login == ("owner" if service == "provision" else "runtime")


def _program(command: list[str]) -> list[str]:
    """A command without its interpreter and without where it listens and which clock it has."""
    words = iter(command[1:])
    where = {"-b", "-p", "--host", "--port", "--timezone"}
    kept = []
    for word in words:
        if word in where:
            next(words)
        elif word != "--allow-remote":
            kept.append(word)
    return kept


@pytest.mark.parametrize(("service", "demo"), SAME_AS_DEMO.items())
def test_each_command_is_one_that_the_demo_runs(service: str, demo: str):
    assert _program(SERVICES[service]["command"]) == _program(service_commands()[demo])


def test_only_this_machine_reaches_the_pages_without_tls():
    published = {name: entry["ports"] for name, entry in SERVICES.items() if "ports" in entry}
    assert set(published) == {"api-server", "tls-proxy"}
    assert all(port.startswith("127.0.0.1:") for port in published["api-server"])
    assert SERVICES["tls-proxy"]["profiles"] == ["tls"]
    assert re.search(r"^\treverse_proxy api-server:8000$", CADDY.read_text(), re.M)


def test_what_services_share_is_declared():
    for entry in SERVICES.values():
        assert set(entry["networks"]) <= set(COMPOSE["networks"])
        sources = {volume.partition(":")[0] for volume in entry.get("volumes", ())}
        assert {name for name in sources if "/" not in name} <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("service", OURS)
def test_one_image_serves_all_without_more_rights(service: str):
    entry = SERVICES[service]
    assert (entry["image"], entry["build"]) == ("amis:local", ".")
    assert not {"user", "privileged", "cap_add", "security_opt", "entrypoint"} & set(entry)


def test_the_image_runs_as_nobody_special_and_has_pango():
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.M) == ["amis"]
    for library in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"):
        assert re.search(rf"\s{library}\s", DOCKERFILE)
    assert "--require-hashes" in DOCKERFILE
