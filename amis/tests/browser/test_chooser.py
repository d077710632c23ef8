"""From plant to plant in a browser: one sign-in, and links that let in once."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser


def test_who_has_two_plants_signs_in_once_and_moves_between_them(demo, base, visit):
    carol = visit(None, url=base)
    carol.sign_in(*demo.password("carol"))
    page = carol.page
    page.get_by_role("heading", name="Choose a plant").wait_for()
    page.locator("[data-tenant-id=plant_chicago]").click()
    is_in(page, demo.url(), "Chicago")
    page.locator("a.plant:visible").click()
    page.locator("[data-tenant-id=plant_lyon]").click()
    is_in(page, demo.url("plant_lyon"), "Lyon")

    links = [url for url in carol.requests if "/accounts/enter/" in url]
    assert len(links) == 2
    stranger = visit(None)
    for link in links:
        stranger.page.goto(link)
        stranger.page.get_by_role("heading", name="Not found").wait_for()
        home = urlsplit(link)
        stranger.page.goto(f"{home.scheme}://{home.netloc}/")
        stranger.page.wait_for_url("**/accounts/login/**")


def is_in(page, url: str, name: str) -> None:
    """The plant's own page, for who is signed in there."""
    page.wait_for_url(url + "/")
    page.get_by_role("heading", name="Overview").wait_for()
    assert name in page.locator("a.plant:visible").inner_text()
