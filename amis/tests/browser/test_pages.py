"""Pages in a real browser: their weight, their dialog, their theme, and life without a script."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

PAGES = ("/", "/machines/M001/", "/risk/", "/anomalies/", "/forecast/", "/models/", "/reports/",
         "/settings/", "/accounts/plants/", "/api/kpis", "/api/docs/",
         "/admin/", "/admin/production/machine/add/")  # fmt: skip


def test_the_overview_fits_its_budget_with_an_empty_cache(visit):
    alice = visit("alice")
    wire = alice.context.new_cdp_session(alice.page)
    wire.send("Network.enable")
    received: dict[str, float] = {}
    wire.on(
        "Network.loadingFinished",
        lambda event: received.update({event["requestId"]: event["encodedDataLength"]}),
    )
    alice.go().wait_for_load_state("networkidle")
    assert 5 < len(received) <= 15
    assert sum(received.values()) <= 120 * 1024


def test_no_page_breaks_the_content_security_policy(visit):
    alice = visit("alice")
    alice.context.add_init_script(
        "window.broken = [];"
        "addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective))"
    )
    for path in PAGES:
        alice.go(path).wait_for_load_state("networkidle")
        assert alice.page.evaluate("broken") == [], path
    inline = "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
    alice.page.evaluate(inline)
    assert alice.until(lambda: alice.page.evaluate("broken"), within_s=2)


def test_a_manager_gives_a_stop_its_reason(a_stop, visit):
    machine_id, stop = a_stop
    page = visit("alice").go(f"/machines/{machine_id}/")
    page.locator(f'[data-explain="{stop}"]').last.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for(timeout=10_000)
    choices = dialog.get_by_label("Reason", exact=True)
    name = choices.locator("option").last.inner_text()
    choices.select_option(label=name)
    with page.expect_navigation():
        dialog.get_by_role("button", name="Save").click()
    row = page.locator(f'tr[data-stop="{stop}"]')
    assert name in row.inner_text()
    assert "alice" in row.inner_text()
    assert row.get_by_role("button").inner_text().startswith("Edit")
    bob = visit("bob")
    bob.go(f"/machines/{machine_id}/")
    assert name in bob.page.locator(f'tr[data-stop="{stop}"]').inner_text()


def test_a_link_that_names_a_stop_opens_its_dialog(a_stop, visit):
    machine_id, stop = a_stop
    page = visit("alice").go(f"/machines/{machine_id}/#stop-{stop}")
    page.get_by_role("dialog").wait_for(timeout=5000)


def test_arrow_keys_move_one_cursor_over_all_signals(visit):
    alice = visit("alice")
    page = alice.go("/machines/M001/")
    alice.until(lambda: page.locator(".u-over").count() == 4, within_s=10)
    page.locator(".plot").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    told = page.locator("[data-at-cursor]")
    alice.until(lambda: all(told.all_inner_texts()), within_s=5)
    assert len({text.split(" at ")[1] for text in told.all_inner_texts()}) == 1


def test_a_viewer_has_no_button_to_give_a_reason(visit):
    bob = visit("bob")
    for path in ("/", "/machines/M001/", "/machines/M002/"):
        page = bob.go(path)
        assert page.locator("[data-explain], #reason").count() == 0
        assert page.get_by_text("Give reason").count() == 0


def test_the_chosen_theme_stays(visit):
    alice = visit("alice", color_scheme="light")
    page = alice.go()
    light = _background(page)
    page.get_by_role("button", name="Dark").click()
    dark = _background(page)
    assert dark != light
    page.reload()
    assert _background(page) == dark
    assert _background(alice.go("/settings/")) == dark
    page.get_by_role("button", name="Light").click()
    assert _background(alice.go()) == light


def test_the_systems_choice_counts_where_nobody_chose(visit):
    light, dark = visit(None, color_scheme="light"), visit(None, color_scheme="dark")
    at = "/accounts/login/"
    assert _background(light.go(at)) != _background(dark.go(at))


def test_without_a_script_the_values_are_there(visit):
    alice = visit("alice", java_script_enabled=False)
    page = alice.go()
    for name in ("M001", "M002", "M003"):
        tile = alice.tile(name)
        assert tile.locator("[data-metric=state]").inner_text()
        assert tile.locator("[data-metric=oee]").inner_text()
        assert tile.locator("[data-metric=units_produced]").inner_text()
        assert tile.locator("svg path").count() > 0
    page = alice.go("/machines/M001/")
    assert page.locator("[data-metric=state]").first.inner_text()
    assert page.locator("#stops table").first.is_visible()
    values = page.locator('[data-metric^="signal-"]').all_inner_texts()
    assert len(values) == 4
    assert "–" not in values
    signals = page.locator("section", has=page.get_by_role("heading", name="Signals"))
    signals.get_by_text("Show as table").click()
    assert signals.get_by_role("row").count() == 13


def _background(page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")
