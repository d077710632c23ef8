"""The insights in a browser: chips lead to rows, Regenerate works, little data is told as such."""

from __future__ import annotations

import pytest

from amis.tests.browser.faults import faults_of

pytestmark = pytest.mark.browser

PAGES = ("/insights/", "/insights/sent/")
WIDTHS = (390, 1440)
PHONE = {"width": 390, "height": 844}
HEIGHT = "document.documentElement.scrollHeight"
REGENERATE = {"name": "Regenerate"}


def test_a_pressed_chip_marks_the_row_that_its_number_comes_from(visit):
    page = visit("alice").go("/insights/")
    chip = page.locator("a.chip").first
    name = chip.inner_text()

    chip.click()

    assert page.url.endswith(f"#{name}")
    assert page.locator(".fact:target").get_attribute("id") == name
    assert page.locator("a.chip[aria-current]").first.inner_text() == name
    assert name in page.locator("[data-chip-note]").inner_text()


def test_on_a_phone_the_facts_are_folded_and_a_chip_opens_them_at_its_row(visit):
    alice = visit("alice")
    alice.page.set_viewport_size(PHONE)
    page = alice.go("/insights/")
    assert not page.locator(".fact").first.is_visible()
    assert page.evaluate(HEIGHT) < 6500
    name = page.locator("a.chip").last.inner_text()

    page.locator("a.chip").last.click()

    row = page.locator(".fact:target")
    assert row.get_attribute("id") == name
    assert row.is_visible()
    alice.until(lambda: 0 <= row.bounding_box()["y"] < PHONE["height"], within_s=5)
    page.reload()
    assert page.locator(".fact:target").is_visible()


def test_on_a_desk_the_facts_stand_open(visit):
    assert visit("alice").go("/insights/").locator(".fact").first.is_visible()


def test_every_chip_has_its_row_on_the_page(visit):
    page = visit("alice").go("/insights/")
    chips = set(page.locator("a.chip").all_inner_texts())
    rows = {row.get_attribute("id") for row in page.locator(".fact").all()}
    assert chips
    assert chips <= rows


def test_regenerate_shows_its_progress_and_ends_with_a_new_analysis(visit):
    alice = visit("alice")
    page = alice.go("/insights/?days=1")
    before = alice.fetch("/api/ai/insights?days=1")["generated_at"]

    with page.expect_response("**/api/ai/insights") as asked:
        page.get_by_role("button", **REGENERATE).click()

    assert asked.value.status == 202
    page.locator("[data-job]").wait_for(timeout=10_000)
    page.locator("[data-job][data-state=done]").wait_for(timeout=60_000)
    assert alice.fetch("/api/ai/insights?days=1")["generated_at"] > before


def test_a_viewer_reads_and_is_offered_no_regenerate(visit):
    page = visit("bob").go("/insights/")
    assert page.locator(".headline").inner_text()
    assert page.get_by_role("button", **REGENERATE).count() == 0
    assert page.locator("[data-what-is-sent]").is_visible()


@pytest.mark.parametrize("path", PAGES)
def test_the_insights_are_accessible_on_a_phone_and_a_desk_in_both_themes(visit, path):
    assert faults_of(visit("alice", bypass_csp=True), path, WIDTHS) == {}


@pytest.mark.parametrize("path", PAGES)
def test_they_are_accessible_where_five_records_are_all_that_is_known(thin_plant, visit, path):
    alice = visit("alice", url=thin_plant, bypass_csp=True)
    assert faults_of(alice, path, WIDTHS) == {}


def test_a_plant_without_a_machine_is_told_so_without_an_empty_box(empty_plant, visit):
    alice = visit("alice", url=empty_plant, bypass_csp=True)
    page = alice.go("/insights/")
    assert page.get_by_role("link", name="Add a machine").is_visible()
    assert page.locator("table, .advice, .facts").count() == 0
    assert faults_of(alice, "/insights/", WIDTHS) == {}
