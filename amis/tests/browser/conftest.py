"""A running demo and a Chromium; tests that need them come last, and say so where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

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
