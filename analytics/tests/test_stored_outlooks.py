"""Pages on stored rows: what is said of the next shift stands on tiles, and queries stay few."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from analytics.models import Prediction
from analytics.tests.stored import RISKS, store_forecast, store_risks
from analytics.tests.test_prediction_pages import page_of
from production.models import Machine
from production.tests.factories import make_machine

MOST_QUERIES = 12
PATHS = ("/", "/machines/M002/", "/risk/", "/forecast/", "/anomalies/", "/models/")


@pytest.fixture
def plant(db, chicago):
    now = datetime.now(UTC)
    with tenant_context(chicago):
        machines = [make_machine(f"M00{number}") for number in (1, 2, 3)]
        store_risks(machines, RISKS, now=now)
        store_forecast(now, now.date())
    return chicago


@pytest.fixture
def browser(plant, alice, client_of):
    return client_of(alice, plant)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_needs_at_most_twelve_queries_once_its_answers_are_kept(browser, path):
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    assert len(queries) <= MOST_QUERIES, "\n".join(q["sql"][:160] for q in queries)


@pytest.mark.parametrize("path", ["/", "/risk/"])
def test_more_machines_need_no_more_queries(browser, plant, path):
    def count() -> int:
        browser.get(path)
        with CaptureQueriesContext(connection) as queries:
            browser.get(path)
        return len(queries)

    before = count()
    with tenant_context(plant):
        for number in range(4, 12):
            make_machine(f"M{number:03d}")
    assert count() <= before


def test_tiles_tell_the_next_shift_of_each_machine(browser):
    page = page_of(browser, "/")
    tile = page[page.index('data-machine-id="M002"') :]
    tile = tile[: tile.index("</li>\n<li") if "</li>\n<li" in tile else None]
    assert 'data-metric="risk" data-value="critical"' in tile
    assert 'data-metric="median_min" data-value="46.0">46<' in tile
    assert 'data-metric="units_produced"' in tile


def test_the_overview_tells_the_next_seven_days(browser):
    page = page_of(browser, "/")
    assert "Downtime, next 7 days" in page
    assert "1,284\u00a0min" in page


def test_a_machines_page_tells_what_moves_its_expected_minutes(browser):
    page = page_of(browser, "/machines/M002/")
    assert "What moves the expected 58\u00a0min" in page
    assert "Down now for 15 min" in page
    assert "chance of being within 48 min" in page


def test_a_shift_that_is_over_is_told_no_more(browser, plant):
    with tenant_context(plant):
        Prediction.objects.update(shift_end=datetime.now(UTC) - timedelta(minutes=1))
    assert "What moves" not in page_of(browser, "/machines/M002/")
    assert "Risk, next shift" not in page_of(browser, "/")


def test_what_a_challenger_said_is_not_shown(browser, plant):
    with tenant_context(plant):
        Prediction.objects.update(is_shadow=True)
    assert "What moves" not in page_of(browser, "/machines/M002/")


def test_the_risk_page_reads_stored_rows(browser):
    page = page_of(browser, "/risk/")
    assert page.count('<tr data-machine-id="M00') == 3
    assert "XGBoost absolute error 1.00" in page
    assert "36\u00a0% better than “last value”" in page


def test_a_level_of_seven_shifts_stands_in_the_row_of_its_neighbour(browser, plant):
    counts = {"low": (0, None), "medium": (7, 4 / 7), "high": (127, 56 / 127)}
    counts["critical"] = (181, 0.7)
    told = [
        {"level": name, "shifts": shifts, "observed": observed}
        for name, (shifts, observed) in counts.items()
    ]
    with tenant_context(plant):
        version = Prediction.objects.first().version
        version.evidence |= {"levels": told}
        version.save()
    page = page_of(browser, "/risk/")
    rows = re.findall(r'level-word" data-risk="(\w+)">.*?</svg> ([\w, ]+)</span>', page, re.DOTALL)
    assert rows == [("critical", "Critical"), ("high", "High, Medium"), ("low", "Low")]
    assert "5–50\u00a0%" in page
    assert f"{60 / 134:.1%}".replace("%", "\u00a0%") in page
    assert "It rises with every level" in page


def test_the_forecast_page_reads_stored_rows(browser):
    page = page_of(browser, "/forecast/")
    assert page.count("<tr data-date=") == 30
    assert "XGBoost on lags" in page
    assert "Combined serves: its WIS is 23\u00a0% below seasonal naive" in page
    assert "Version 14" in page


def test_without_a_prediction_tiles_and_pages_are_as_they_were(db, chicago, alice, client_of):
    browser = client_of(alice, chicago)
    with tenant_context(chicago):
        make_machine("M001")
        assert Machine.objects.count() == 1
    page = page_of(browser, "/")
    assert "Risk, next shift" not in page
    assert "Pieces, shift" in page
    assert "What moves" not in page_of(browser, "/machines/M001/")


def test_a_replayed_prediction_is_not_told_as_what_is_to_come(browser, plant):
    with tenant_context(plant):
        row = Prediction.objects.get(machine__machine_id="M002")
        row.pk, row.version, row.origin = None, None, "replay"
        row.shift_start, row.risk, row.median_min = datetime.now(UTC), "low", 1.0
        row.shift_start += timedelta(minutes=30)
        row.save()
    for path in ("/", "/machines/M002/"):
        page = page_of(browser, path)
        assert 'data-metric="median_min" data-value="1.0"' not in page
        assert 'data-metric="median_min" data-value="46.0"' in page
