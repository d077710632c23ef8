"""A running demo and a Chromium; tests that need them come last, and say so where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, sync_playwright

from amis.tests.browser.running import RunningDemo
from amis.tests.browser.visit import Visit

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RECORD_COLUMNS = "production_date,machine_id,shift,units_produced,defective_units,downtime_min"
EQUIPMENT = """
shift_patterns:
  - name: day-shift
    days: [mon, tue, wed, thu, fri, sat, sun]
    shifts: [{name: Day, start: "06:00", end: "14:00"}]
areas:
  - name: Hall
    lines:
      - name: Line
        machines:
          - {machine_id: F01, machine_name: Filler, capacity: 480, shift_pattern: day-shift}
          - {machine_id: F02, machine_name: Packer, capacity: 480, shift_pattern: day-shift}
"""
NO_BROWSER = "there is no Chromium: name one in AMIS_CHROMIUM"
_left_out = pytest.StashKey[int]()


def chromium() -> str | None:
    """The program to test with."""
    named = os.environ.get("AMIS_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Last, because a demo takes half a minute and Playwright keeps this thread's event loop."""
    browsing = [item for item in items if item.get_closest_marker("browser")]
    items.sort(key=lambda item: (item in browsing, "demo" in getattr(item, "fixturenames", ())))
    if not browsing or chromium():
        return
    if os.environ.get("AMIS_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"{len(browsing)} browser tests cannot run: {NO_BROWSER}")
    config.stash[_left_out] = len(browsing)
    items[:] = [item for item in items if item not in browsing]
    config.hook.pytest_deselected(items=browsing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if count := terminalreporter.config.stash.get(_left_out, 0):
        terminalreporter.write_line(f"{count} browser tests did not run: {NO_BROWSER}")


@pytest.fixture(scope="session")
def demo() -> Iterator[RunningDemo]:
    running = RunningDemo()
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *as_root])
        yield program
        program.close()


@pytest.fixture(scope="session")
def passes() -> dict[tuple[str, str], dict]:
    """The cookies of those who have signed in: sign-ins are limited to ten a minute."""
    return {}


@pytest.fixture
def visit(demo: RunningDemo, browser: Browser, passes) -> Iterator[Callable[..., Visit]]:
    """A new window: visit("alice") is signed in at Chicago, visit(None) is a stranger.

    Named options are those of Playwright's browser contexts.
    """
    opened: list[Visit] = []

    def make(name: str | None = "alice", *, url: str = "", **options) -> Visit:
        url = url or demo.url()
        if name and (name, url) not in passes:
            with Visit(browser.new_context(), url) as first:
                first.sign_in(*demo.password(name))
                passes[name, url] = first.context.storage_state()
        state = passes[name, url] if name else None
        opened.append(Visit(browser.new_context(storage_state=state, **options), url))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def empty_plant(demo: RunningDemo) -> str:
    """The address of a plant without a machine, which alice manages."""
    return plant_of_alice(demo, "plant_oslo", "Oslo")


@pytest.fixture(scope="session")
def thin_plant(demo: RunningDemo) -> str:
    """The address of a plant with two machines and five records, which alice manages."""
    address = plant_of_alice(demo, "plant_bergen", "Bergen")
    equipment, records = demo.home / "bergen.yaml", demo.home / "bergen.csv"
    equipment.write_text(EQUIPMENT, encoding="utf-8")
    demo.manage("import_equipment", str(equipment), "--tenant", "plant_bergen")
    days = [datetime.now(UTC).date() - timedelta(days=n) for n in (2, 3, 4, 5, 6)]
    rows = [f"{day},F01,Day,450,5,12" for day in days]
    records.write_text("\n".join([RECORD_COLUMNS, *rows]), encoding="utf-8")
    demo.manage("import_production", str(records), "--tenant", "plant_bergen")
    return address


def plant_of_alice(demo: RunningDemo, tenant_id: str, name: str) -> str:
    """The address of a new plant that she manages."""
    demo.manage("create_tenant", tenant_id, "--name", name, "--timezone", "Europe/Oslo")
    email, _ = demo.password("alice")
    demo.manage("create_token", "--tenant", tenant_id, "--user", email, "--role", "manager")
    return demo.url().replace("plant-chicago", tenant_id.replace("_", "-"))


@pytest.fixture
def base(demo: RunningDemo) -> str:
    """The address without a plant."""
    return str(demo.facts["base_url"])


@pytest.fixture
def a_stop(demo: RunningDemo, visit) -> tuple[str, str]:
    """Machine and key of a stop in the running shift; one is made where there is none yet."""
    alice = visit("alice")

    def find() -> tuple[str, str] | None:
        for name in ("M001", "M002", "M003"):
            buttons = alice.go(f"/machines/{name}/").locator("[data-explain]:visible")
            if buttons.count():
                return name, buttons.last.get_attribute("data-explain")
        return None

    if found := find():
        return found
    demo.inject("jam", machine_id="M003")
    return alice.until(find, within_s=20)
