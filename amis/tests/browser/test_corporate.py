"""The page of all plants in a browser: complete without scripts, accessible, up to date."""

from __future__ import annotations

import pytest

from amis.tests.browser.faults import faults_of

pytestmark = pytest.mark.browser
PLANTS = ("plant_chicago", "plant_lyon")


def test_the_page_of_all_plants_is_accessible_at_every_width_in_both_themes(base, visit):
    assert faults_of(visit("carol", url=base, bypass_csp=True), "/corporate/") == {}


def test_both_plants_are_published_and_add_up_without_scripts(demo, base, visit):
    carol = visit("carol", url=base, java_script_enabled=False)

    def rows():
        page = carol.go("/corporate/?days=30")
        fresh = (f"tr[data-tenant-id={plant}]:not([data-stale])" for plant in PLANTS)
        return all(page.locator(row).count() == 1 for row in fresh)

    carol.until(rows, within_s=60)
    assert carol.page.locator("[data-metric=oee]").inner_text().endswith("%")
    assert carol.page.locator(".by-day tbody tr").count() >= len(PLANTS)
    assert [fault for fault in carol.complaints if "favicon" not in fault] == []
    assert carol.elsewhere == []


def test_the_chooser_leads_to_the_plants_and_from_there_into_one(base, visit):
    page = visit("carol", url=base).go("/accounts/plants/")
    page.get_by_role("link", name="Compare the plants").click()
    page.get_by_role("heading", name="Plants", exact=True).wait_for()
    page.get_by_role("link", name="Lyon").click()
    page.wait_for_url(lambda url: "plant-lyon" in url)
