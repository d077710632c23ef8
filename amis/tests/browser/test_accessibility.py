"""Every page in light and dark from a phone to a wide screen: axe's WCAG 2.2 AA and the reflow."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 768, 1366, 1920)
PAGES = {
    "plants": "/accounts/plants/",
    "overview": "/",
    "machine": "/machines/M001/",
    "risk": "/risk/",
    "anomalies": "/anomalies/",
    "forecast": "/forecast/",
    "model versions": "/models/",
    "settings": "/settings/",
    "not found": "/nowhere/",
}
RUN = """async rules => {
  const only = {type: "tag", values: rules};
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
  const place = node => node.target + " " + node.any.map(one => one.message);
  return found.violations.map(one => one.id + ": " + one.nodes.map(place).join(" | "));
}"""
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
    assert _faults(visit("alice", bypass_csp=True), PAGES[name]) == {}


def test_the_sign_in_is_accessible_at_every_width_in_both_themes(visit):
    assert _faults(visit(None, bypass_csp=True), "/accounts/login/") == {}


def test_an_empty_plant_is_accessible_at_every_width_in_both_themes(empty_plant, visit):
    alice = visit("alice", url=empty_plant, bypass_csp=True)
    alice.go()
    assert alice.page.get_by_role("heading", name="Add your first machine").is_visible()
    assert _faults(alice, "/") == {}


def test_axe_finds_a_fault_that_is_made_on_purpose(visit):
    stranger = visit(None, bypass_csp=True)
    stranger.go("/accounts/login/")
    stranger.page.evaluate("document.querySelector('label').remove()")
    assert any(fault.startswith("label:") for fault in _axe(stranger.page))


def test_the_dialog_of_a_reason_is_accessible(a_stop, visit):
    machine_id, stop = a_stop
    alice = visit("alice", bypass_csp=True)
    alice.go(f"/machines/{machine_id}/").locator(f'[data-explain="{stop}"]').click()
    assert alice.page.get_by_role("dialog").is_visible()
    assert _axe(alice.page) == []


@pytest.fixture(scope="module")
def long_words(demo) -> None:
    """M001 has an odd sample whose description does not fit a phone."""
    demo.manage("shell", "--verbosity", "0", "--command", LONG_WORDS)


@pytest.fixture(scope="module")
def empty_plant(demo) -> str:
    """A plant without a machine, which alice manages."""
    demo.manage("create_tenant", "plant_oslo", "--name", "Oslo", "--timezone", "Europe/Oslo")
    email, _ = demo.password("alice")
    demo.manage("create_token", "--tenant", "plant_oslo", "--user", email, "--role", "manager")
    return demo.url().replace("plant-chicago", "plant-oslo")


def _faults(person, path: str) -> dict[str, list[str]]:
    """What axe and the ruler find, by theme and width."""
    page = person.go(path)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    faults = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found = _axe(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"wider than the window: {wide}"] if wide > width else []
            if found:
                faults[f"{theme} {width}"] = found
    return faults


def _axe(page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(RUN, RULES)
