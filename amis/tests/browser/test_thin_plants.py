"""The pages of prediction where data are few or none: what lacks is said, and nothing is drawn."""

from __future__ import annotations

import pytest

from amis.tests.browser.faults import faults_of

pytestmark = pytest.mark.browser

PAGES = ("/risk/", "/anomalies/", "/forecast/", "/models/")
WIDTHS = (320, 1366)


@pytest.mark.parametrize(
    ("path", "asked"), [("/risk/", "forecast"), ("/forecast/", "forecast-advanced?days=30")]
)
def test_five_records_are_told_as_the_api_tells_them_with_a_day(thin_plant, visit, path, asked):
    alice = visit("alice", url=thin_plant)
    page = alice.go(path)
    answer = alice.fetch(f"/api/ml/{asked}")
    assert answer["status"] == "insufficient"
    assert page.locator("[data-insufficient] li").all_inner_texts() == answer["missing"]
    assert page.locator("[data-insufficient] time").get_attribute("datetime")
    assert page.locator("main svg.fig").count() == 0
    assert page.get_by_role("button", name="Train now").count() == 0
    assert page.get_by_role("link", name="See what is recorded").is_visible()


def test_a_plant_without_signals_is_told_that_nothing_can_be_odd(thin_plant, visit):
    page = visit("alice", url=thin_plant).go("/anomalies/")
    assert page.get_by_text("No active machine has a process signal").is_visible()


@pytest.mark.parametrize("path", PAGES)
def test_a_plant_without_a_machine_is_promised_no_day(empty_plant, visit, path):
    page = visit("alice", url=empty_plant).go(path)
    assert page.locator("[data-insufficient] li").count() >= 1
    assert page.locator("[data-insufficient] time").count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_what_is_missing_is_told_accessibly_at_both_ends_in_both_themes(thin_plant, visit, path):
    assert faults_of(visit("alice", url=thin_plant, bypass_csp=True), path, WIDTHS) == {}
