"""Reports from the page: one made with progress, one cancelled, another schedule, a wrong word."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

DONE = "[data-job][data-state=done]"
BEGINNING = "path => fetch(path).then(answer => answer.text()).then(text => text.slice(0, 5))"


def test_a_manager_makes_a_report_watches_it_and_opens_its_pdf(visit):
    alice = visit("alice")
    page = alice.go("/reports/")
    before = [one["id"] for one in alice.fetch("/api/reports/")["results"]]
    page.get_by_label("First day").fill("2026-01-05")
    page.get_by_label("Last day").fill("2026-01-06")
    with page.expect_response("**/api/reports/") as asked:
        page.get_by_role("button", name="Make report").click()
    assert asked.value.status == 202
    page.locator("[data-job]").wait_for(timeout=10_000)
    job = page.locator("[data-job]").get_attribute("data-job")
    page.reload()
    assert page.locator("[data-job]").get_attribute("data-job") == job
    page.locator(DONE).wait_for(timeout=120_000)
    # The plant's own daily report may be made meanwhile.
    new = [one for one in alice.fetch("/api/reports/")["results"] if one["id"] not in before]
    (made,) = [one for one in new if one["from"] == "2026-01-05T06:00:00Z"]
    assert made["to"] == "2026-01-07T06:00:00Z"
    row = page.locator(f'tr[data-report="{made["id"]}"]')
    path = row.get_by_role("link", name="PDF").get_attribute("href")
    assert page.evaluate(BEGINNING, path) == "%PDF-"


def test_a_report_can_be_cancelled(visit):
    page = visit("alice").go("/reports/")
    page.get_by_label("First day").fill("2026-01-12")
    page.get_by_label("Last day").fill("2026-01-15")
    page.get_by_role("button", name="Make report").click()
    page.locator("[data-job][data-state=queued], [data-job][data-state=running]").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.locator("[data-job][data-state=cancelled]").wait_for(timeout=60_000)


def test_a_wrong_window_is_told_beside_its_field(visit):
    page = visit("alice").go("/reports/")
    page.get_by_label("First day").fill("2026-01-08")
    page.get_by_label("Last day").fill("2026-01-01")
    page.get_by_role("button", name="Make report").click()
    fault = page.locator("[data-error=to]:not(:empty)").first
    fault.wait_for(timeout=10_000)
    assert "before from" in fault.inner_text()


def test_a_manager_changes_the_schedule_and_is_told_what_is_wrong(visit):
    alice = visit("alice")
    page = alice.go("/reports/")
    page.get_by_label("Recipients, one a line").fill("ann@amis.example\nnobody")
    page.get_by_role("button", name="Save schedule").click()
    fault = page.locator("[data-error=recipients]:not(:empty)")
    fault.wait_for(timeout=10_000)
    assert "'nobody' is not an e-mail address" in fault.inner_text()
    page.get_by_label("Recipients, one a line").fill("ann@amis.example\nben@amis.example")
    page.get_by_label("Time of the plant’s clock").fill("07:15")
    page.get_by_label("Sunday").uncheck()
    with page.expect_navigation():
        page.get_by_role("button", name="Save schedule").click()
    told = alice.fetch("/api/reports/schedule")
    assert told["recipients"] == ["ann@amis.example", "ben@amis.example"]
    assert (told["time"], "sun" in told["weekdays"]) == ("07:15", False)
    assert page.get_by_label("Time of the plant’s clock").input_value() == "07:15"


def test_a_viewer_is_offered_neither_form(visit):
    page = visit("bob").go("/reports/")
    assert page.get_by_role("button", name="Make report").count() == 0
    assert page.get_by_role("button", name="Save schedule").count() == 0
