"""Every page in light and dark from a phone to a wide screen: axe's WCAG 2.2 AA and the reflow."""

from __future__ import annotations

import pytest

from amis.tests.browser.faults import axe, faults_of

pytestmark = pytest.mark.browser

PAGES = {
    "plants": "/accounts/plants/",
    "overview": "/",
    "machine": "/machines/M001/",
    "risk": "/risk/",
    "anomalies": "/anomalies/",
    "forecast": "/forecast/",
    "model versions": "/models/",
    "reports": "/reports/",
    "settings": "/settings/",
    "password": "/accounts/password/change/",
    "second factor": "/accounts/2fa/totp/activate/",
    "not found": "/nowhere/",
}
LONG_WORDS = """
from django.utils import timezone
from django_tenants.utils import schema_context
from production.models import DataIssue, Signal
with schema_context("plant_chicago"):
    signal = Signal.objects.get(machine__machine_id="M001", name="temperature")
    now = timezone.now()
    DataIssue.objects.create(
        signal=signal, kind="out_of_range", started_at=now, ended_at=now, detail="9" * 80
    )
"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_at_every_width_in_both_themes(long_words, visit, name):
    assert faults_of(visit("alice", bypass_csp=True), PAGES[name]) == {}


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_the_sign_in_is_accessible_at_every_width_in_both_themes(visit, path):
    assert faults_of(visit(None, bypass_csp=True), path) == {}


def test_an_empty_plant_is_accessible_at_every_width_in_both_themes(empty_plant, visit):
    alice = visit("alice", url=empty_plant, bypass_csp=True)
    alice.go()
    assert alice.page.get_by_role("heading", name="Add your first machine").is_visible()
    assert faults_of(alice, "/") == {}


def test_axe_finds_a_fault_that_is_made_on_purpose(visit):
    stranger = visit(None, bypass_csp=True)
    stranger.go("/accounts/login/")
    stranger.page.evaluate("document.querySelector('label').remove()")
    assert any(fault.startswith("label:") for fault in axe(stranger.page))


def test_the_dialog_of_a_reason_is_accessible(a_stop, visit):
    machine_id, stop = a_stop
    alice = visit("alice", bypass_csp=True)
    alice.go(f"/machines/{machine_id}/").locator(f'[data-explain="{stop}"]').last.click()
    alice.page.get_by_role("dialog").wait_for(timeout=10_000)
    assert axe(alice.page) == []


@pytest.fixture(scope="module")
def long_words(demo) -> None:
    """M001 has an odd sample whose description does not fit a phone."""
    demo.manage("shell", "--verbosity", "0", "--command", LONG_WORDS)
