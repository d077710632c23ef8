"""A plant's people in a browser: invited, let in, sent away; tokens made and used; the profile."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from amis.tests.browser.faults import faults_of

pytestmark = pytest.mark.browser
PAGES = ("/settings/members/", "/settings/tokens/", "/settings/audit/", "/accounts/profile/")
WIDTHS = (320, 390, 1366)


def row(page, name: str):
    return page.locator(f"tr[data-user-id={name}]")


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_of_people_are_accessible_in_both_themes(visit, path):
    assert faults_of(visit("alice", bypass_csp=True), path, WIDTHS) == {}


def test_alice_invites_dora_changes_her_role_and_sends_her_away_without_scripts(visit):
    alice = visit("alice", java_script_enabled=False)
    page = alice.go("/settings/")
    page.get_by_role("link", name="Members").click()
    page.get_by_label("Name").fill("Dora Diaz")
    page.get_by_label("E-mail").fill("dora@amis.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_text("dora@amis.example is viewer now").wait_for()
    row(page, "dora").get_by_role("combobox").select_option("engineer")
    row(page, "dora").get_by_role("button", name="Change").click()
    page.get_by_text("dora@amis.example is engineer now").wait_for()
    row(page, "dora").get_by_role("button", name="Revoke").click()
    page.get_by_text("has no access any more").wait_for()
    assert row(page, "dora").count() == 0
    page.get_by_role("link", name="Audit").click()
    newest = page.locator("tbody tr").first
    assert newest.get_attribute("data-action") == "role_revoked"
    assert "alice@amis.example" in newest.inner_text()
    assert alice.elsewhere == []


def test_who_is_invited_follows_the_letter_chooses_a_password_and_is_in(demo, visit):
    alice = visit("alice")
    page = alice.go("/settings/members/")
    page.get_by_label("Name").fill("Emil Eck")
    page.get_by_label("E-mail").fill("emil@amis.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_text("a mail asks for a password").wait_for()

    def link() -> str | None:
        for file in Path(demo.facts["mail_dir"]).glob("*.eml"):
            letter = message_from_bytes(file.read_bytes(), policy=policy.default)
            if "emil@" in str(letter["To"]):
                text = letter.get_body(("plain",)).get_content()
                return re.search(r"http://\S+/accounts/invitation/\S+/", text)[0]
        return None

    address = alice.until(link, within_s=15)
    emil = visit(None)
    emil.page.goto(address)
    for field in emil.page.locator("input[type=password]").all():
        field.fill("a-fresh-word-8")
    emil.page.locator("main button[type=submit]").last.click()
    emil.page.get_by_role("heading", name="Overview").wait_for()
    page = alice.go("/settings/members/")
    assert "never" not in row(page, "emil").inner_text()
    row(page, "emil").get_by_role("button", name="Revoke").click()
    page.get_by_text("has no access any more").wait_for()
    emil.go("/settings/")
    emil.page.get_by_role("heading", name="Not found").wait_for()


def test_the_open_page_of_who_is_revoked_is_cut_off(demo, visit):
    email, _ = demo.password("mallory")
    alice, mallory = visit("alice"), visit("mallory")
    page = alice.go("/settings/members/")
    page.get_by_label("Name").fill("Mallory")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Invite", exact=True).click()
    row(page, "mallory").wait_for()
    with mallory.page.expect_websocket() as opened:
        mallory.go("/")
    socket = opened.value
    with socket.expect_event("close", timeout=5000):
        row(page, "mallory").get_by_role("button", name="Revoke").click()
        clicked = time.monotonic()
    assert time.monotonic() - clicked < 2
    mallory.page.get_by_role("heading", name="Not found").wait_for()


def test_a_token_is_shown_once_works_and_dies(demo, visit):
    page = visit("alice").go("/settings/tokens/")
    page.get_by_label("Name").fill("press 7")
    page.get_by_role("button", name="Make token").click()
    key = page.locator("[data-token]").inner_text()
    assert status_of(demo, key) == 200
    page.goto(demo.url() + "/settings/tokens/")
    assert page.locator("[data-token]").count() == 0
    line = page.locator("tr", has_text="press 7")
    assert "read" in line.inner_text()
    line.get_by_role("button", name="Revoke").click()
    page.get_by_text("“press 7” is revoked").wait_for()
    assert status_of(demo, key) == 401


def status_of(demo, key: str) -> int:
    """What a program with this key hears."""
    base = demo.facts["base_url"].replace("amis.localhost", "127.0.0.1")
    asked = urllib.request.Request(
        f"{base}/api/tenants/plant_chicago/machines", headers={"Authorization": f"Token {key}"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_the_profile_s_colours_hold_until_the_switch_and_again_after_a_new_choice(visit):
    bob = visit("bob", color_scheme="light")
    page = bob.go("/accounts/profile/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_label("Colours").select_option("dark")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    dark = page.evaluate(ground)
    assert dark != light
    page = bob.go("/settings/")
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Light").click()
    assert bob.go("/settings/").evaluate(ground) == light
    page = bob.go("/accounts/profile/")
    page.get_by_label("Colours").select_option("system")
    page.get_by_role("button", name="Save").click()
    page.emulate_media(color_scheme="dark")
    assert bob.go("/settings/").evaluate(ground) == dark
