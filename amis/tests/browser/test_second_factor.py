"""A second factor in a browser: switched on, asked for at the door, and the phone lost."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from amis.tests.browser.faults import faults_of
from amis.tests.browser.letters import choose_password, invite

pytestmark = pytest.mark.browser
PASSWORD = "a-fresh-word-8"
PERIOD_S = 30
CODE_PAGE = "/accounts/2fa/authenticate/"
OF_WHO_HAS_ONE = (
    "/accounts/2fa/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/totp/deactivate/",
)
WIDTHS = (390, 1366)


@pytest.fixture
def newcomer(demo, visit):
    """newcomer("fay") is signed in at Chicago, with a password of a moment ago."""

    def make(name: str, **options):
        person = visit(None, **options)
        choose_password(person, invite(demo, visit("alice"), name), PASSWORD)
        return person

    return make


def test_who_switches_it_on_is_asked_for_a_code_and_a_recovery_code_works_once(newcomer):
    fay = newcomer("fay")
    secret, used, recovery = switch_on(fay)
    assert len(recovery) == len(set(recovery)) == 10
    sign_out(fay)

    fay.sign_in("fay@amis.example", PASSWORD)
    fay.go("/")
    assert fay.page.url.endswith(CODE_PAGE), "a password alone opened the plant"
    give(fay, recovery[0])
    fay.page.get_by_role("heading", name="Overview").wait_for()
    sign_out(fay)

    fay.sign_in("fay@amis.example", PASSWORD)
    give(fay, recovery[0])
    fay.page.get_by_role("alert").get_by_text("This code is not correct").wait_for()
    give(fay, recovery[1])
    fay.page.get_by_role("heading", name="Overview").wait_for()
    codes = fay.go("/accounts/2fa/recovery-codes/").locator("[data-recovery-code]")
    assert codes.all_inner_texts() == recovery[2:]
    sign_out(fay)

    fay.sign_in("fay@amis.example", PASSWORD)
    give(fay, code_after(used, secret))
    fay.page.get_by_role("heading", name="Overview").wait_for()


def test_its_pages_are_accessible_in_both_themes(newcomer):
    gil = newcomer("gil", bypass_csp=True)
    assert faults_of(gil, "/accounts/2fa/", WIDTHS) == {}
    gil.page.emulate_media(color_scheme="light")
    switch_on(gil)
    found = {path: faults_of(gil, path, WIDTHS) for path in OF_WHO_HAS_ONE}
    sign_out(gil)
    gil.sign_in("gil@amis.example", PASSWORD)
    found[CODE_PAGE] = faults_of(gil, CODE_PAGE, WIDTHS)
    assert {path: faults for path, faults in found.items() if faults} == {}


def switch_on(person) -> tuple[str, str, list[str]]:
    """From the profile on, as a person does: the secret as shown, the code that it was switched on
    with, and the recovery codes.
    """
    page = person.go("/accounts/profile/")
    page.get_by_role("link", name="Second factor").click()
    page.get_by_role("link", name="Switch it on").click()
    secret = page.locator("[data-totp-secret]").inner_text()
    used = code_of(secret)
    give(person, used, button="Switch on")
    recovery = page.locator("[data-recovery-code]").all_inner_texts()
    page.get_by_role("link", name="I have written them down").click()
    page.get_by_text("It is on").wait_for()
    return secret, used, recovery


def sign_out(person) -> None:
    person.go("/").get_by_role("button", name="Sign out").click()
    person.page.wait_for_url("**/accounts/login/**")


def give(person, code: str, *, button: str = "Sign in") -> None:
    person.page.locator("[name=code]").fill(code)
    person.page.get_by_role("button", name=button, exact=True).click()


def code_of(secret: str) -> str:
    """What an authenticator shows now (RFC 6238)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD_S))


def code_after(used: str, secret: str) -> str:
    """The next one: no code is good for two doors."""
    while (code := code_of(secret)) == used:
        time.sleep(0.5)
    return code
