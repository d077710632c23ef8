"""A thousand malformed requests: every one is refused with a reason, none breaks anything."""

from __future__ import annotations

import dataclasses
import json
import random

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from production.models import ProductionRecord
from production.services.reasons import ensure_reasons
from production.tests.factories import make_machine

HOST = "plant-chicago.amis.localhost"
REFUSED = {400, 401, 403, 404, 405, 406, 409, 411, 413, 414, 415}
JSON = "application/json"
DEEP = "[" * 100_000 + "]" * 100_000
ODD = [
    None, True, False, -1, 0, 1e308, 10**17, "", " ", "x" * 10_000, "é", "\U0001f600", "\ud800",
    "\u0000", "M001", "2026-02-07", "2026-02-30", "0001-01-01", "9999-12-31", "-0", "1e400", "NaN",
    [], {}, [[]], [None], {"a": 1}, {"": ""}, "' OR 1=1 --", "{{7*7}}", "../../etc/passwd", "%00",
]  # fmt: skip
RAW = [
    b"", b"{", b"[", b"nul", b"[NaN]", b"[Infinity]", b"[-Infinity]", b"[1e999]", b"\xff\xfe",
    b"\x00", b"[\"\xc3\x28\"]", b"[" + b"9" * 6000 + b"]", DEEP.encode(), b"[1] trailing",
    b"\xef\xbb\xbf[]x", b'{"a": "\\u0000"}', b'["\\ud800"]', b"a=1&b=2", b"<xml/>", b"[" * 50,
]  # fmt: skip
TYPES = [
    JSON, "text/plain", "application/xml", "multipart/form-data", "application/json; charset=rot13",
    "application/json; charset=zlib", "application/json; charset=nonsense", "",
    "multipart/form-data; boundary=", "application/x-www-form-urlencoded", "a/b/c", "\u00e9",
]  # fmt: skip
FIELDS = ("production_date", "machine_id", "shift", "units_produced", "defective_units",
          "downtime_min")  # fmt: skip
GOOD = {"production_date": "2026-02-07", "machine_id": "M001", "shift": "Day",
        "units_produced": 10, "defective_units": 1, "downtime_min": 5}  # fmt: skip
POSTS = ("production/submit", "stops/7/reason", "jobs/x/cancel", "kpis", "nothing", "ml/train",
         "ml/rollback", "ml/models/x/promote", "ml/anomalies/x/confirm", "ai/insights",
         "reports")  # fmt: skip
READS = ("kpis", "production", "machines", "machines/live", "machines/M001/series", "jobs/x",
         "websocket/status", "ml/forecast", "ml/forecast-advanced", "ml/anomalies", "ml/models",
         "ml/scorecard", "stops", "data-issues", "targets", "ai/costs", "ai/insights",
         "ai/maintenance-plan", "ai/calls", "reports", "reports/x", "reports/schedule",
         "reports/7/pdf")  # fmt: skip
PARAMETERS = ("days", "from", "to", "machine_id", "line", "shift", "limit", "offset", "group_by",
              "points", "format", "active_only", "metric", "task", "status", "why",
              "kind")  # fmt: skip
BAD_VALUES = [
    "", " ", "%00", "%0a", "x" * 500, "-1", "0", "1e9", "9" * 400, "%D9%A3", "null", "[]", "NaN",
    "%ff", "2026-13-01", "0000-00-00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
    "2026-01-01T00:00:00", "24:00", "%27%20OR%201%3D1", "%F0%9F%98%80", "../..", "1.5", "true",
]  # fmt: skip


@pytest.fixture
def send(db, person, chicago, token_for):
    sam = person("sam", chicago="supervisor")
    with tenant_context(chicago):
        make_machine()
        ensure_reasons()
    client = Client(HTTP_HOST=HOST, HTTP_AUTHORIZATION=f"Token {token_for(sam, chicago)}")
    # A fault of ours must show as what callers would see.
    client.raise_request_exception = False
    return client


def _bodies(rng: random.Random) -> list[tuple[str, bytes, str]]:
    """(path, body, content type): wrong bytes, wrong types, wrong shapes, one wrong value."""
    cases = [(path, raw, JSON) for path in POSTS for raw in RAW]
    cases += [(path, b"[]", kind) for path in POSTS for kind in TYPES]
    cases += [(path, _json(value), JSON) for path in POSTS for value in ODD]
    while len(cases) < 1000:
        row = dict(GOOD)
        for field in rng.sample(FIELDS, rng.randint(1, 3)):
            row[field] = rng.choice(ODD)
        rows = [GOOD, row][rng.randint(0, 1) :]
        cases.append(("production/submit", _json(rows), JSON))
    return cases


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _queries(rng: random.Random) -> list[str]:
    cases = [f"{path}?{name}={rng.choice(BAD_VALUES)}" for path in READS for name in PARAMETERS]
    while len(cases) < 350:
        chosen = rng.sample(PARAMETERS, 3)
        query = "&".join(f"{name}={rng.choice(BAD_VALUES)}" for name in chosen)
        cases.append(f"{rng.choice(READS)}?{query}")
    return cases


@pytest.fixture
def unhurried(settings) -> None:
    """What is asked here in a minute is more than a person may ask."""
    doors = dataclasses.replace(settings.ENVIRONMENT.doors, per_user=100_000, per_plant=100_000)
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, doors=doors)


def test_a_thousand_malformed_requests_break_nothing(unhurried, send, chicago):
    rng = random.Random(7)
    bodies, queries = _bodies(rng), _queries(rng)
    assert len(bodies) + len(queries) >= 1000
    for path, body, kind in bodies:
        answer = send.generic("POST", f"/api/{path}", body, content_type=kind)
        _sane(answer, f"{path} {body[:80]!r} {kind}")
    for path in queries:
        _sane(send.get(f"/api/{path}"), path)
    with tenant_context(chicago):
        assert ProductionRecord.objects.count() <= 1


def _sane(answer, about: str) -> None:
    assert answer.status_code < 500, (about, answer.status_code, answer.content[:300])
    if answer.status_code == 200:
        return
    assert answer.status_code in REFUSED, (about, answer.status_code)
    assert set(answer.json()) == {"code", "message", "extra"}, about


@pytest.mark.parametrize("path", ["machines/%00/series", "jobs/%00", "stops/%D9%A3/reason",
                                  "machines/" + "x" * 3000 + "/series",
                                  "ml/anomalies/7/%00"])  # fmt: skip
def test_odd_paths_are_not_found(send, path):
    is_read = path.startswith(("machines", "jobs"))
    answer = send.get(f"/api/{path}") if is_read else send.post(f"/api/{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_body_that_is_too_large_is_413(send, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = send.post("/api/production/submit", b" " * 1001, content_type=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "status"), [("a=" + "x" * 6_000_000, 413), ("&".join(["a=1"] * 1001), 400)]
)
def test_a_strangers_form_of_any_size_leaves_no_traceback_in_the_log(send, caplog, body, status):
    kind = "application/x-www-form-urlencoded"
    assert send.post("/accounts/login/", body, content_type=kind).status_code == status
    assert not [line for line in caplog.records if line.exc_info and line.levelname == "ERROR"]


def test_more_than_five_thousand_rows_are_413(send):
    answer = send.post("/api/production/submit", [{}] * 5001, content_type=JSON)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize(
    ("kind", "status"), [("text/plain", 415), ("application/xml", 415), (JSON, 400)]
)
def test_a_body_of_another_kind_is_415_and_half_a_body_400(send, kind, status):
    assert send.post("/api/production/submit", b"{", content_type=kind).status_code == status


def test_an_unacceptable_answer_format_is_refused_in_json(send):
    answer = send.get("/api/kpis", HTTP_ACCEPT="application/pdf")
    assert answer.status_code == 406
    assert answer.json()["code"] == "not_acceptable"


@pytest.mark.parametrize("host", ["a b", "x/y", "[::1", "\u00e9.localhost", ""])
def test_a_malformed_host_is_refused(send, host):
    answer = send.get("/api/kpis", HTTP_HOST=host)
    assert answer.status_code in {400, 404}
    assert answer.json()["code"] in {"invalid", "not_found"}
    for path in ("/", "/accounts/login/", "/admin/"):
        page = send.get(path, HTTP_HOST=host)
        assert page.status_code in {400, 404}
        assert "<html" in page.text


def test_a_browser_that_sends_nonsense_is_refused_in_its_own_form(send):
    for body in (b"{", b"[1]", DEEP.encode()):
        answer = send.post("/api/production/submit", body, content_type=JSON,
                           HTTP_ACCEPT="text/html")  # fmt: skip
        assert answer.status_code == 400


@pytest.mark.parametrize("charset", ["unicode_escape", "zlib", "hex", "utf-7", "punycode"])
def test_a_form_in_an_encoding_that_is_no_text_is_refused(send, charset):
    body = b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\n\\ud800\r\n--b--\r\n'
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    answer = send.generic("POST", "/accounts/login/", body, content_type=kind)
    assert answer.status_code == 400
