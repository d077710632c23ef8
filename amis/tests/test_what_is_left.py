"""After a walk through everything: no file, log line or value in Valkey tells one plant of another.

Chicago and Lyon do the same at the same time, with the same ids; every text of a plant holds its
canary.
"""

from __future__ import annotations

import io
import json
import logging
import shutil
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from amis import clock as workers
from amis import trace
from amis.environment import Mail
from amis.logs import Where
from amis.tests.calls import BASE, CALLS, JOB_ID
from amis.tests.doors import PAGES
from amis.tests.leftovers import (
    files_below,
    foreign_files,
    foreign_lines,
    foreign_values,
    lines_of,
    plants_in,
    text_of,
)
from amis.tests.test_every_route import filled
from analytics.models import Prediction
from analytics.tests.past import fill
from analytics.tests.stored import RISKS, store_forecast, store_risks
from production.live import NewestValue, store_newest, store_shift
from production.models import Job, Machine, Stop, StopReason
from production.services.raw_folder import take_files
from production.services.reasons import ensure_reasons
from reports.models import ReportFile, ReportSchedule
from reports.models.schedule import FORMATS
from tenants.live import valkey
from tenants.models import Tenant

ROOTS = ("MEDIA_ROOT", "REPORTS_DIR", "RAW_DIR", "PROCESSED_DIR", "MAIL_DIR")


def word_of(tenant: Tenant) -> str:
    return tenant.schema_name.replace("plant_", "canary-")


@pytest.fixture
def root(committed, settings, tmp_path) -> Path:
    """All files of the plants lie below it; letters are kept as files, messages go to Valkey."""
    workers.app.set_default()
    for name in ROOTS:
        setattr(settings, name, tmp_path / name.lower())
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    settings.MAIL = Mail(server="", port=587, password="", sender="amis@amis.example",
                         receivers=("boss@amis.example",))  # fmt: skip
    return tmp_path


@pytest.fixture
def told(caplog) -> pytest.LogCaptureFixture:
    """Every line that is written, refusals too, with plant and request as settings add them."""
    caplog.handler.addFilter(Where())
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "django.request")
    return caplog


def furnish(tenant: Tenant) -> None:
    """A week of records, stops with notes, predictions, live values, and files."""
    word, now = word_of(tenant), clock.now()
    with tenant_context(tenant):
        ensure_reasons()
        machines = fill(machines=2, days=8, until=now - timedelta(hours=2))
        Machine.objects.update(machine_name=word, machine_type=word)
        StopReason.objects.update(name=word)
        Stop.objects.update(reason=StopReason.objects.first(), note=word, reason_by=word)
        store_risks(machines, RISKS[:2], now=now)
        Prediction.objects.update(factors=[["heat", word, 30.0]])
        store_forecast(now, now.date())
        Job.objects.create(pk=JOB_ID, kind="import", message=word)
        ReportSchedule.objects.create(pk=1, formats=list(FORMATS))
        default_storage.save("note.txt", ContentFile(word))
    values = [NewestValue("M001", word, "analog", 7.0, word, now, "good")]
    store_newest(tenant.schema_name, values)
    store_shift(tenant.schema_name, "M001", None, word)


def take_in(tenant: Tenant, raw: Path) -> None:
    """A file in the raw folder that is taken, and one that is refused."""
    folder = raw / tenant.schema_name
    folder.mkdir(parents=True)
    (folder / "good.csv").write_text(
        "machine_id,production_date,shift,units_produced\nM001,2026-02-06,Day,370\n"
    )
    (folder / "bad.csv").write_text(f"{word_of(tenant)}\n1\n")
    with tenant_context(tenant):
        for _ in range(2):
            take_files()


@dataclass(frozen=True)
class Caller:
    """Somebody asks for everything of a plant; the ids of the requests begin with `mark`."""

    client: Client
    tenant: Tenant
    mark: str

    @property
    def host(self) -> str:
        return f"{self.tenant.host_label}.{BASE}"

    def get(self, path: str) -> bytes:
        return self.client.get(path, HTTP_HOST=self.host, **self.as_asked).getvalue()

    @property
    def as_asked(self) -> dict[str, str]:
        return {"HTTP_X_REQUEST_ID": f"{self.mark}-7"}


def ask(*callers: Caller) -> None:
    """Every call of the wire's table and every page, in turns."""
    for call in CALLS:
        for one in callers:
            of_plant = f"/api/tenants/{one.tenant.schema_name}/{call.path}"
            call.send(one.client, f"/api/{call.path}", HTTP_HOST=one.host, **one.as_asked)
            call.send(one.client, of_plant, HTTP_HOST=BASE, **one.as_asked)
    for page in PAGES:
        for one in callers:
            one.get(f"/{filled(page)}/" if page else "/")


def failing(schema: str) -> dict:
    """A plant's own words get into the reason of a failure."""
    raise RuntimeError(f"{schema}: {Machine.objects.first().machine_name} is broken")


def make_report(one: Caller) -> None:
    """What workers and the terminal do, under the request's id as a task has it."""
    trace.request_id.set(f"{one.mark}-8")
    call_command("make_report", "--tenant", one.tenant.schema_name, "--mail", stdout=io.StringIO())
    connection.set_schema_to_public()


@pytest.fixture
def callers(root, person, chicago, lyon, token_for) -> list[Caller]:
    """An administrator of each plant, and Lyon's, who asks for what is Chicago's."""
    connection.set_schema_to_public()
    keys = {
        chicago: token_for(person("ann", chicago="admin"), chicago),
        lyon: token_for(person("mallory", lyon="admin"), lyon),
    }
    clients = {
        tenant: Client(HTTP_AUTHORIZATION=f"Token {key}", raise_request_exception=False)
        for tenant, key in keys.items()
    }
    found = [Caller(clients[t], t, word_of(t).removeprefix("canary-")) for t in (chicago, lyon)]
    return [*found, Caller(clients[lyon], chicago, "nobody")]


@pytest.fixture
def walked(callers, told, settings, monkeypatch) -> tuple[list, list]:
    """Both plants do everything, then somebody of one asks for everything of the other; the log
    lines of the plants, and those of the stranger.
    """
    *both, stranger = callers
    for one in both:
        furnish(one.tenant)
        connection.set_schema_to_public()
    told.clear()
    ask(*both)
    for one in both:
        trace.request_id.set(f"{one.mark}-8")
        take_in(one.tenant, settings.RAW_DIR)
        make_report(one)
    with monkeypatch.context() as patched:
        patched.setattr("production.api.live.live_machines", failing)
        for one in both:
            one.get("/api/machines/live")
    own = lines_of(told.records)
    told.clear()
    ask(stranger)
    return own, lines_of(told.records)


def fetched(one: Caller) -> list[str]:
    """The files that a plant's administrator gets over the wire."""
    with tenant_context(one.tenant):
        made = ReportFile.objects.order_by("-pk").first().report_id
    connection.set_schema_to_public()
    paths = [f"reports/{made}/pdf", f"reports/{made}/xlsx", "reports/latest",
             f"tenants/{one.tenant.schema_name}/export"]  # fmt: skip
    return [text_of(one.get(f"/api/{path}")) for path in paths]


def test_a_walk_leaves_nothing_in_one_plant_that_tells_of_another(walked, root, callers):
    own, strangers = walked
    assert foreign_files(root) == []
    assert foreign_values() == []
    assert foreign_lines(own) == []
    for line in strangers:
        assert line["tenant"] != "plant_chicago", line
        assert plants_in(line["text"]) == set(), line
    for one in callers[:2]:
        for text in fetched(one):
            assert plants_in(text) == {one.mark}
    _the_search_would_have_found_it(root, own)


def _the_search_would_have_found_it(root: Path, lines: list[dict[str, str]]) -> None:
    """Whatever Chicago left is found as soon as it lies where Lyon's things are."""
    for path in [path for path, _ in files_below(root) if "plant_chicago" in path.parts]:
        there = Path(str(path).replace("plant_chicago", "plant_lyon"))
        shutil.copy(path, there.with_name(f"astray-{path.name}"))
    (root / "mail_dir" / "both.eml").write_text("canary-chicago and canary-lyon")
    astray = {path.suffix for path in foreign_files(root)}
    assert astray == {".pdf", ".xlsx", ".csv", ".txt", ".svg", ".eml"}
    of_chicago = [line for line in lines if line["request"] == "chicago-7"]
    astray = foreign_lines(line | {"request": "lyon-7"} for line in of_chicago)
    assert any("is broken" in line.get("exception", "") for line in astray)
    for key in valkey().scan_iter("plant_chicago:*"):
        valkey().rename(key, b"plant_lyon:astray:" + key.removeprefix(b"plant_chicago:"))
    body = b64encode(b"a letter from canary-chicago, by mistake").decode()
    valkey().rpush("default", json.dumps({"headers": {"_schema_name": "plant_lyon"}, "body": body}))
    found = " ".join(key for key, _ in foreign_values())
    for name in ("plant_lyon:astray:newest", "plant_lyon:astray:shift", "plant_lyon:astray:cache"):
        assert name in found
    assert "default" in found
