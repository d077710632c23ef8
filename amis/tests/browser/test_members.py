"""A plant's people in a browser: invited, let in, sent away; tokens made and used; the profile."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time

import pytest
from playwright.sync_api import expect

from amis.tests.browser.faults import faults_here, faults_of
from amis.tests.browser.letters import choose_password, invite

pytestmark = pytest.mark.browser
PAGES = ("/settings/members/", "/settings/tokens/", "/settings/audit/", "/accounts/profile/")
WIDTHS = (320, 390, 1366)


def row(page, name: str):
    return page.locator(f"tr[data-user-id={name}]")


def revoke(line) -> None:
    """Press the row's button, and answer the question with yes."""
    line.get_by_role("button", name="Revoke").click()
    line.get_by_role("dialog").get_by_role("button", name="Revoke").click()


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_of_people_are_accessible_in_both_themes(visit, path):
    assert faults_of(visit("alice", bypass_csp=True), path, WIDTHS) == {}


@pytest.mark.parametrize("path", ["/settings/members/", "/settings/tokens/"])
def test_a_question_stands_before_what_cannot_be_undone(visit, path):
    page = visit("alice", bypass_csp=True).go(path)
    line = page.locator("tbody tr", has_text="bob").first
    for key in ("Enter", "Escape"):
        line.get_by_role("button", name="Revoke").press("Enter")
        question = line.get_by_role("dialog")
        keep = question.get_by_role("button", name="Keep")
        expect(keep).to_be_focused()
        assert faults_here(page, (320, 390)) == {}
        keep.press(key)
        expect(question).to_be_hidden()
        expect(line.get_by_role("button", name="Revoke")).to_be_focused()
    page.reload()
    assert line.is_visible()


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
    revoke(row(page, "dora"))
    page.get_by_text("has no access any more").wait_for()
    assert row(page, "dora").count() == 0
    page.get_by_role("link", name="Audit").click()
    newest = page.locator("tbody tr").first
    assert newest.get_attribute("data-action") == "role_revoked"
    assert "alice@amis.example" in newest.inner_text()
    assert alice.elsewhere == []


def test_who_is_invited_follows_the_letter_chooses_a_password_and_is_in(demo, visit):
    alice, emil = visit("alice"), visit(None)
    link = invite(demo, alice, "emil", role="engineer")
    choose_password(emil, link, "a-fresh-word-8")
    assert emil.page.locator(".me .who").inner_text().split("\n") == ["Emil", "Engineer"]
    # Away from the live page, which goes by itself when its line is cut.
    emil.go("/accounts/profile/")
    page = alice.go("/settings/members/")
    assert "never" not in row(page, "emil").inner_text()
    again = visit(None)
    again.page.goto(link)
    again.page.get_by_role("heading", name="This link is used up").wait_for()
    revoke(row(page, "emil"))
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
        revoke(row(page, "mallory"))
        clicked = time.monotonic()
    assert time.monotonic() - clicked < 2
    mallory.page.get_by_role("heading", name="Not found").wait_for()


def test_a_token_is_shown_once_works_in_the_line_beside_it_and_dies(demo, visit):
    if not shutil.which("curl"):
        pytest.skip("there is no curl, which the page tells to use")
    page = visit("alice").go("/settings/tokens/")
    page.get_by_label("Name").fill("press 7")
    page.get_by_role("button", name="Make token").click()
    key = page.locator("[data-token]").inner_text()
    line = page.locator(".new-token code", has_text="curl").inner_text().replace("…", key)
    assert status_of(line) == 200
    page.goto(demo.url() + "/settings/tokens/")
    assert page.locator("[data-token]").count() == 0
    token = page.locator("tr", has_text="press 7")
    assert "read" in token.inner_text()
    revoke(token)
    page.get_by_text("“press 7” is revoked").wait_for()
    assert status_of(line) == 401


def status_of(line: str) -> int:
    """What the program of this command line hears."""
    words = [*shlex.split(line), "--silent", "--output", os.devnull, "--write-out", "%{http_code}"]
    return int(subprocess.run(words, capture_output=True, text=True, check=True, timeout=20).stdout)


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
