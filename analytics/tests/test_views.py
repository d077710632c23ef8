"""The pages answer with what the API answers, in few queries, full and empty."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from amis.interval import Interval
from analytics.models import Target
from production.live import NewestValue, bump_data_version, store_alive, store_newest
from production.services.derive import derive_records
from production.services.reasons import ensure_reasons
from production.tests.factories import make_machine, store

MOST_QUERIES = 12
BASE = "amis.localhost"


@pytest.fixture
def plant(db, chicago):
    """Three machines that ran for four hours and stood for the last ten minutes."""
    now = datetime.now(UTC)
    with tenant_context(chicago):
        ensure_reasons()
        for number in range(1, 4):
            machine = make_machine(f"M00{number}")
            for name in ("speed", "process"):
                machine.signals.create(name=name, role=name, node=f"nsu=urn:test;s={name}")
            start = now - timedelta(hours=4)
            store(machine, "state", (start, 6), (now - timedelta(minutes=10), 9))
            store(machine, "produced", *((start + timedelta(minutes=n), n) for n in range(240)))
            store(machine, "defective", (start, 0), (start + timedelta(hours=1), 4))
            derive_records(machine=machine, interval=Interval(start, now), now=now)
            value = NewestValue(
                machine.machine_id, "state", "state", 9.0, "", now, "good", "Aborted"
            )
            store_newest("plant_chicago", [value])
        store_alive("plant_chicago", ["M001", "M002"], now)
    return chicago


@pytest.fixture
def browser(plant, alice, client_of):
    return client_of(alice, plant)


@pytest.mark.parametrize("path", ["/", "/machines/M001/", "/settings/"])
def test_a_page_needs_at_most_twelve_queries(browser, path):
    browser.get("/settings/")  # which plant a host is, is asked once and kept
    bump_data_version("plant_chicago")
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path)
    assert answer.status_code == 200
    assert len(queries) <= MOST_QUERIES, "\n".join(q["sql"][:160] for q in queries)


def test_a_page_needs_no_more_queries_for_more_machines(browser, plant):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get("/")
        return len(queries)

    before = count()
    with tenant_context(plant):
        for number in range(4, 14):
            make_machine(f"M{number:03d}")
    assert count() <= before


def test_tiles_carry_the_machine_its_state_and_no_data_where_nothing_is_heard(browser):
    page = browser.get("/").content.decode()
    states = dict(re.findall(r'data-machine-id="(M\d+)" data-state="([a-z-]+)"', page))
    assert states == {"M001": "aborted", "M002": "aborted", "M003": "no-data"}
    assert "no data" in page


def test_the_page_and_the_api_say_the_same(browser):
    page = browser.get("/")
    api = browser.get("/api/kpis?days=7").json()
    week = page.context["week"]
    for name in ("units_produced", "downtime_min", "oee", "no_data_min", "availability"):
        assert week[name] == pytest.approx(api[name], rel=1e-3), name


def test_the_machine_page_shows_its_stop_and_offers_a_reason(browser, bob, client_of, plant):
    page = browser.get("/machines/M001/").content.decode()
    assert 'data-machine-id="M001"' in page
    assert "Give" in page
    assert "data-explain" not in client_of(bob, plant).get("/machines/M001/").content.decode()


@pytest.mark.parametrize("path", ["/machines/M404/", "/machines/%00/", "/machines/M001/?span=9y",
                                  "/nothing/", "/machines/a/b/"])  # fmt: skip
def test_what_is_not_there_is_a_page_that_says_so(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "text/html" in answer["Content-Type"]
    assert "Not found" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/settings/"])
def test_an_empty_plant_has_pages_too(db, alice, chicago, client_of, path):
    assert client_of(alice, chicago).get(path).status_code == 200


def test_a_plant_whose_machine_has_neither_shifts_nor_data_has_pages(db, alice, chicago, client_of):
    with tenant_context(chicago):
        machine = make_machine()
        machine.shift_pattern = machine.connection = machine.capacity = None
        machine.save()
    for path in ("/", "/machines/M001/", "/settings/"):
        assert client_of(alice, chicago).get(path).status_code == 200, path


@pytest.mark.parametrize("path", ["/", "/settings/", "/machines/M001/"])
def test_on_the_base_host_a_page_leads_to_the_plants(plant, alice, client_of, path):
    client = client_of(alice, plant)
    session = client.session
    session["host"] = BASE
    session.save()
    answer = client.get(path, HTTP_HOST=BASE)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/plants/")


@pytest.mark.parametrize("path", ["/", "/settings/", "/machines/M001/"])
def test_pages_work_with_and_without_a_slash_and_send_strangers_away(browser, mallory, path,
                                                                     client_of, plant):  # fmt: skip
    assert browser.get(path.rstrip("/") or "/").status_code == 200
    assert client_of(mallory, plant).get(path).status_code == 404
    anonymous = Client(HTTP_HOST=browser.defaults["HTTP_HOST"]).get(path)
    assert anonymous["Location"].startswith("/accounts/login/?next=")


def test_the_series_of_a_machine_keeps_its_peaks(browser, plant):
    now = datetime.now(UTC)
    with tenant_context(plant):
        machine = make_machine("M009")
        machine.signals.filter(role="state").update(role="process", name="pressure", max_value=12)
        rows = [
            (now - timedelta(seconds=2000 - n), 99.0 if n == 777 else n % 7) for n in range(2000)
        ]
        store(machine, "process", *rows)
    body = browser.get("/api/machines/M009/series?points=100").json()
    (track,) = body["series"]
    assert set(body) == {"machine_id", "from", "to", "series"}
    assert (track["name"], track["max"]) == ("pressure", 12)
    assert len(track["t"]) == len(track["v"]) <= 104
    assert (max(track["v"]), min(track["v"])) == (99, 0)
    assert track["t"] == sorted(track["t"])


def test_a_reason_from_the_page_moves_unassigned_minutes(
    browser, plant, django_capture_on_commit_callbacks
):
    def unassigned_min() -> float:
        return browser.get("/api/kpis?days=2").json()["unassigned_min"]

    before = unassigned_min()
    stop = browser.get("/machines/M001/").context["stops"][0].stop
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(
            f"/api/stops/{stop.pk}/reason", {"reason": "jam"}, content_type="application/json"
        )
    assert answer.status_code == 200
    assert unassigned_min() == pytest.approx(before - 10, abs=0.1)


def _cards(browser) -> str:
    """The words of the overview's key figures, without their bars."""
    page = browser.get("/").content.decode()
    (cards,) = re.findall(r'<dl class="panel equation".*?</dl>', page, re.DOTALL)
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", cards, flags=re.DOTALL).split())


def test_without_a_target_the_last_seven_days_are_the_measure(browser):
    words = _cards(browser)
    assert words.count("to 7 days’") == 4
    assert "to ideal speed’s" in words
    assert "target" not in words


def test_where_a_target_is_set_its_card_says_how_far_it_is(browser, plant):
    since = datetime.now(UTC).date() - timedelta(days=2)
    with tenant_context(plant):
        for metric, value in (("oee", 0.85), ("good_units", 100), ("downtime_min", 24)):
            Target.objects.create(metric=metric, value=value, valid_from=since)
    page = browser.get("/")
    oee = page.context["factors"][0]
    words = _cards(browser)
    gap = round(oee["value"] * 100, 1) - 85
    assert f"{gap:+.1f} pts to target 85.0".replace("-", "−") in words
    assert words.count("to 7 days’") == 3
    assert len(re.findall(r"to target’s \d+", words)) == 2
    assert "target 85.0" in re.sub("\u00a0", " ", page.content.decode())


def test_a_target_that_begins_tomorrow_is_not_shown_yet(browser, plant):
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    with tenant_context(plant):
        Target.objects.create(metric="oee", value=0.85, valid_from=tomorrow)
    assert _cards(browser).count("to 7 days’") == 4
