"""Every page of accounts that no other test looks at, and the admins: axe in both themes."""

from __future__ import annotations

import pytest

from amis.tests.browser.faults import faults_of
from amis.tests.browser.letters import invite

pytestmark = pytest.mark.browser
WIDTHS = (390, 1366)
OF_STRANGERS = (
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-abc/",
    "/accounts/password/reset/key/done/",
    "/accounts/invitation/used-up/",
)
ON_THE_BASE_HOST = ("/accounts/plants/", "/accounts/profile/", "/accounts/2fa/")
OF_THE_PLATFORM = ("/admin/", "/admin/tenants/tenant/1/delete/", "/admin/tenants/user/1/change/")


def faults(person, paths) -> dict:
    """By path; a page without any is left out."""
    found = {path: faults_of(person, path, WIDTHS) for path in paths}
    return {path: one for path, one in found.items() if one}


def test_the_pages_of_strangers_are_accessible(base, visit):
    stranger = visit(None, bypass_csp=True)
    assert faults(stranger, OF_STRANGERS) == {}
    assert faults(visit(None, url=base, bypass_csp=True), ["/accounts/login/"]) == {}


def test_an_invitation_is_accessible(demo, visit):
    link = invite(demo, visit("alice"), "hanna")
    stranger = visit(None, bypass_csp=True)
    assert faults(stranger, [link.removeprefix(demo.url())]) == {}
    assert stranger.page.get_by_role("heading", name="Welcome to Chicago").is_visible()


def test_the_pages_of_who_has_two_plants_are_accessible(base, visit):
    carol = visit("carol", url=base, bypass_csp=True)
    assert faults(carol, ON_THE_BASE_HOST) == {}
    assert carol.go("/accounts/plants/").locator("[data-tenant-id]").count() >= 2


def test_the_admin_of_the_platform_is_accessible(base, visit):
    assert faults(visit("admin", url=base, bypass_csp=True), OF_THE_PLATFORM) == {}
