"""The admin of a plant and of the base host in a browser: its policy, its themes, a new plant."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from amis.tests.browser.faults import faults_of

pytestmark = pytest.mark.browser
OF_A_PLANT = (
    "/admin/",
    "/admin/production/machine/",
    "/admin/production/connection/1/change/",
    "/admin/production/job/",
)
OF_THE_PLATFORM = (
    "/admin/",
    "/admin/tenants/tenant/",
    "/admin/tenants/tenant/add/",
    "/admin/tenants/tenant/1/change/",
    "/admin/tenants/tenant/1/delete/",
    "/admin/tenants/user/",
    "/admin/tenants/user/add/",
    "/admin/tenants/user/1/change/",
    "/admin/tenants/accesslog/",
    "/admin/django_celery_beat/periodictask/",
)
WATCH = (
    "window.broken = [];"
    "addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective))"
)


def base_of(demo) -> str:
    url = urlsplit(demo.url())
    return f"{url.scheme}://{url.netloc.split('.', 1)[1]}"


@pytest.mark.parametrize("name", ["alice", "admin"])
def test_no_admin_page_breaks_the_policy_or_complains(demo, visit, name):
    is_platforms = name == "admin"
    person = visit(name, url=base_of(demo) if is_platforms else "")
    person.context.add_init_script(WATCH)
    for path in OF_THE_PLATFORM if is_platforms else OF_A_PLANT:
        person.go(path).wait_for_load_state("networkidle")
        assert person.page.evaluate("broken") == [], path
    # Chromium muses about forms and focus on levels that are no complaint.
    grave = [one for one in person.complaints if not one.startswith(("verbose:", "info:"))]
    assert grave == []
    assert person.elsewhere == []


@pytest.mark.parametrize("path", OF_A_PLANT[:3])
def test_a_plants_admin_is_accessible_at_every_width_in_both_themes(visit, path):
    assert faults_of(visit("alice", bypass_csp=True), path) == {}


@pytest.mark.parametrize("path", ["/admin/tenants/tenant/", "/admin/tenants/tenant/add/"])
def test_the_platforms_admin_is_accessible_at_every_width_in_both_themes(demo, visit, path):
    assert faults_of(visit("admin", url=base_of(demo), bypass_csp=True), path) == {}


def test_a_plant_made_by_the_form_opens_at_once(demo, visit):
    admin = visit("admin", url=base_of(demo))
    page = admin.go("/admin/tenants/tenant/add/")
    page.locator("[name=tenant_id]").fill("plant_narvik")
    page.locator("[name=tenant_name]").fill("Narvik")
    page.locator("[name=timezone]").fill("Europe/Oslo")
    page.locator("[name=_save]").click()
    page.wait_for_url("**/admin/tenants/tenant/")
    page.locator("tr", has_text="plant_narvik").get_by_role("link", name="Open").click()
    page.wait_for_url("**plant-narvik**")
    assert page.get_by_role("heading", name="Add your first machine").is_visible()
