"""Training from the page: one click, a job that can be watched, and forms that say what failed."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_a_manager_starts_a_training_and_finds_it_again_after_a_reload(visit):
    alice = visit("alice")
    page = alice.go("/models/?task=downtime")
    with page.expect_response("**/api/ml/train") as asked:
        page.get_by_role("button", name="Retrain").click()
    assert asked.value.status in (202, 409)
    if asked.value.status == 202:
        page.locator("[data-job]").wait_for(timeout=10_000)
        job = page.locator("[data-job]").get_attribute("data-job")
        page.reload()
        assert page.locator("[data-job]").get_attribute("data-job") == job
        ended = "[data-job][data-state=done], [data-job][data-state=failed]"
        page.locator(ended).wait_for(timeout=120_000)
    else:
        page.get_by_role("alert").wait_for(timeout=10_000)


def test_what_the_api_refuses_is_said_beside_the_button(visit):
    alice = visit("alice")
    page = alice.go("/models/?task=downtime")
    page.evaluate("document.querySelector('input[name=task]').value = 'weather'")
    page.get_by_role("button", name="Retrain").click()
    said = page.get_by_role("alert")
    said.wait_for(timeout=10_000)
    assert "task" in said.inner_text()


def test_a_viewer_is_offered_nothing_that_trains(visit):
    bob = visit("bob")
    for path in ("/risk/", "/forecast/", "/anomalies/", "/models/"):
        page = bob.go(path)
        assert page.get_by_role("button", name="Retrain").count() == 0
        assert page.get_by_role("button", name="Train now").count() == 0


def test_another_machine_is_shown_as_soon_as_it_is_chosen(visit):
    alice = visit("alice")
    page = alice.go("/forecast/?metric=oee&days=14")
    with page.expect_navigation():
        page.get_by_label("Machine").select_option("M002")
    assert page.url.endswith("/forecast/?metric=oee&days=14&machine_id=M002")
    assert page.get_by_label("Machine").input_value() == "M002"
