"""A person at a browser: one window, and everything it asked for, was refused and complained of."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, Response

T = TypeVar("T")


class Visit:
    """`page` is Playwright's; the lists grow while the window is open."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", lambda one: self.complaints.append(f"failed: {one.url}"))
        self.page.on("response", self._look_at)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.context.close()

    def go(self, path: str = "/") -> Page:
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, email: str, password: str) -> None:
        """By the form, as a person does."""
        self.go("/accounts/login/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    @property
    def elsewhere(self) -> list[str]:
        """Requests to any host but the plant's."""
        here = urlsplit(self.url).netloc
        return [url for url in self.requests if urlsplit(url).netloc not in {here, ""}]

    def tile(self, machine_id: str) -> Locator:
        return self.page.locator(f'#tiles [data-machine-id="{machine_id}"]')

    def until(self, what: Callable[[], T], *, within_s: float) -> T:
        """The first true answer; the page goes on living meanwhile."""
        deadline = time.monotonic() + within_s
        while not (answer := what()):
            assert time.monotonic() < deadline, f"not within {within_s} s; last: {answer!r}"
            self.page.wait_for_timeout(100)
        return answer

    def fetch(self, path: str) -> Any:
        """What the API answers to this page."""
        return self.page.evaluate(
            "path => fetch(path, {headers: {Accept: 'application/json'}}).then(a => a.json())", path
        )

    def _look_at(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")
