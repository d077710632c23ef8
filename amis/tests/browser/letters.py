"""The mail that a demo keeps in its folder instead of sending it."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path

from amis.tests.browser.running import RunningDemo
from amis.tests.browser.visit import Visit


def link_to(demo: RunningDemo, email: str, *, page: str) -> str | None:
    """The address of a page of accounts in a letter to somebody; None while there is none."""
    for file in Path(demo.facts["mail_dir"]).glob("*.eml"):
        letter = message_from_bytes(file.read_bytes(), policy=policy.default)
        if email in str(letter["To"]):
            text = letter.get_body(("plain",)).get_content()
            return re.search(rf"http://\S+/accounts/{page}/\S+/", text)[0]
    return None


def invite(demo: RunningDemo, manager: Visit, name: str, role: str = "viewer") -> str:
    """The link that `name`@amis.example gets after the form of members was sent."""
    email = f"{name}@amis.example"
    page = manager.go("/settings/members/")
    page.get_by_label("Name").fill(name.title())
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Role", exact=True).select_option(role)
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_text("a mail asks for a password").wait_for()
    return manager.until(lambda: link_to(demo, email, page="invitation"), within_s=15)


def choose_password(person: Visit, link: str, password: str) -> None:
    """Open an invitation and give the first password."""
    person.page.goto(link)
    for field in person.page.locator("input[type=password]").all():
        field.fill(password)
    person.page.locator("main button[type=submit]").last.click()
    person.page.get_by_role("heading", name="Overview").wait_for()
