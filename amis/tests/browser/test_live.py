"""The live page in a real browser against a running demo."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser

MACHINES = ["M001", "M002", "M003"]
BADNESS = ["down", "none", "changeover", "idle", "running"]
# Both sides of the law at one moment: what the page holds, and a fresh answer between two equal
# sequence numbers, so that no event came in between.
BOTH = """async () => {
  for (let tries = 0; tries < 200; tries += 1) {
    const before = amisLive.sequence();
    const answer = await fetch("/api/machines/live", {headers: {Accept: "application/json"}});
    const fresh = (await answer.json()).machines;
    const status = await fetch("/api/websocket/status", {headers: {Accept: "application/json"}});
    const {sequence} = await status.json();
    if (sequence === before && amisLive.sequence() === before)
      return {fresh, held: amisLive.snapshot(), sequence};
  }
  return null;
}"""


def test_a_manager_signs_in_and_sees_three_machines(demo, visit):
    alice = visit(None)
    alice.sign_in(*demo.password("alice"))
    alice.page.wait_for_url(demo.url() + "/")
    tiles = alice.page.locator("#tiles [data-machine-id]").all()
    assert sorted(tile.get_attribute("data-machine-id") for tile in tiles) == MACHINES
    alice.until(lambda: alice.page.locator("[data-live=on]").is_visible(), within_s=5)


def test_a_machine_that_fails_is_shown_in_five_seconds_and_stands_with_the_worst(demo, visit):
    alice = visit("alice")
    alice.go()
    demo.inject("failure", machine_id="M003")
    tile = alice.tile("M003")
    alice.until(lambda: tile.get_attribute("data-state") == "aborted", within_s=5)
    assert tile.locator("[data-metric=state]").inner_text() == "Down"
    page = visit("alice", java_script_enabled=False).go()
    shown = page.locator("#tiles [data-machine-id]").all()
    order = [
        (BADNESS.index(one.get_attribute("data-tone")), _oee(one.locator("[data-metric=oee]")))
        for one in shown
    ]
    assert order == sorted(order)
    # Another may have failed by itself in the same seconds and stand before it.
    down = [tile for tile in shown if tile.get_attribute("data-tone") == "down"]
    assert "M003" in [tile.get_attribute("data-machine-id") for tile in down]


def test_a_value_changes_within_five_seconds_without_a_reload(visit):
    alice = visit("alice")
    page = alice.go("/machines/M002/")
    page.evaluate("window.stillTheSamePage = true")
    values = page.locator('[data-metric^="signal-"]')
    alice.until(lambda: set(values.all_inner_texts()) - {"–"}, within_s=5)
    before = values.all_inner_texts()
    assert len(before) == 4
    alice.until(lambda: values.all_inner_texts() != before, within_s=5)
    assert page.evaluate("window.stillTheSamePage") is True


def test_what_the_page_holds_is_a_fresh_snapshot(visit):
    alice = visit("alice")
    page = alice.go()
    began = alice.until(lambda: page.evaluate("amisLive.sequence()"), within_s=10)
    alice.until(lambda: page.evaluate("amisLive.sequence()") > began + 5, within_s=10)
    both = page.evaluate(BOTH)
    assert both is not None, "the page never had the newest sequence number"
    assert sorted(both["held"]) == MACHINES
    assert both["sequence"] > began
    # What a snapshot shows is stored a moment before its event is sent: a look may fall between.
    alice.until(lambda: _agrees(page.evaluate(BOTH)), within_s=15)


def _agrees(both) -> bool:
    if both is None:
        return False
    fresh = {machine["machine_id"]: _without_age(machine) for machine in both["fresh"]}
    return fresh == {name: _without_age(held) for name, held in both["held"].items()}


def test_the_page_is_quiet_and_asks_nobody_else(visit):
    alice = visit("alice")
    for path in ("/", "/machines/M001/", "/settings/"):
        alice.go(path).wait_for_load_state("networkidle")
    alice.page.wait_for_timeout(1500)
    assert alice.elsewhere == []
    assert alice.complaints == []
    assert len(alice.requests) > 10


def test_a_silent_plc_is_shown_as_no_data_with_its_age_and_comes_back(demo, visit):
    alice = visit("alice")
    alice.go()
    alice.until(lambda: _states(alice) and "no-data" not in _states(alice), within_s=15)
    try:
        demo.switch("stop", "plc-chicago")
        alice.until(lambda: set(_states(alice)) == {"no-data"}, within_s=15)
        for name in MACHINES:
            tile = alice.tile(name)
            assert tile.locator("[data-metric=state]").inner_text() == "no data"
            assert re.fullmatch(r"\d+\xa0s", tile.locator("[data-metric=for]").inner_text())
            assert tile.locator("[data-metric=rate]").inner_text() == "–"
        age = alice.tile("M001").locator("[data-metric=for]")
        before = age.inner_text()
        alice.until(lambda: age.inner_text() != before, within_s=5)
    finally:
        demo.switch("start", "plc-chicago")
    alice.until(lambda: "no-data" not in _states(alice), within_s=15)
    assert alice.complaints == []


def _states(person) -> list[str]:
    tiles = person.page.locator("#tiles [data-machine-id]").all()
    return [tile.get_attribute("data-state") for tile in tiles]


def _oee(element) -> float:
    text = element.inner_text().removesuffix("\xa0%")
    return 999.0 if text == "–" else float(text)


def _without_age(machine: dict) -> dict:
    return {key: value for key, value in machine.items() if key != "age_s"}
