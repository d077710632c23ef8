"""`python -m benchmarks.wrong_passwords`: a thousand wrong passwords at one plant, and what another
plant notices of them.

Eight threads of a process of their own guess, each as fast as it is answered. Somebody asks the
other plant for its KPIs before, meanwhile and afterwards; before and afterwards together are the
floor.
"""

from __future__ import annotations

import http.client
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from http import HTTPStatus
from multiprocessing import get_context
from urllib.parse import urlencode

from benchmarks.idle_memory import wait_until_idle
from benchmarks.ratio import p95
from benchmarks.stack import Stack
from benchmarks.visitor import Visitor, after

ATTEMPTS, GUESSERS, REFUSED_AT_LEAST = 1000, 8, 990
ATTACKED, OTHER = "plant-chicago.amis.localhost", "plant_lyon"
SIGN_IN = "/accounts/login/"
RATIO = 1.2
QUIET_S, APART_S, SETTLE_S = 30.0, 0.05, 20.0
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)')


def main() -> int:
    """0 when nearly all were refused and the other plant stayed as quick."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Stack(history_days=3) as stack:
        stack.ensure_ready()
        wait_until_idle(stack, SETTLE_S)
        token = next(one["token"] for one in stack.demo["tokens"] if one["tenant_id"] == OTHER)
        before = _ask_until(stack.port, token, after(QUIET_S))
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as attackers:
            attack = attackers.submit(guess, stack.port)
            meanwhile = _ask_until(stack.port, token, attack.done)
        afterwards = _ask_until(stack.port, token, after(QUIET_S))
        answers, took_s = attack.result()
    return _report(answers, took_s, meanwhile, before + afterwards)


def guess(port: int) -> tuple[Counter[int], float]:
    """How often each status answered the attempts, and the seconds they took."""
    began = time.monotonic()
    with ThreadPoolExecutor(GUESSERS) as guessers:
        found = guessers.map(_guess_on, [port] * GUESSERS)
    return sum(found, Counter[int]()), time.monotonic() - began


def _guess_on(port: int) -> Counter[int]:
    """One guesser's share of the attempts."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", SIGN_IN, headers={"Host": ATTACKED})
    page = line.getresponse()
    cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
    form = TOKEN.search(page.read().decode())
    assert form, "the page to sign in has no form"
    values = {"username": "alice@amis.example", "password": "wrong", "csrfmiddlewaretoken": form[1]}
    headers = {"Host": ATTACKED, "Cookie": cookie,
               "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
    answers = Counter[int]()
    for _ in range(ATTEMPTS // GUESSERS):
        line.request("POST", SIGN_IN, urlencode(values), headers)
        answer = line.getresponse()
        answer.read()
        answers[answer.status] += 1
    line.close()
    return answers


def _ask_until(port: int, token: str, is_over: Callable[[], bool]) -> list[float]:
    """Milliseconds of each answer of the other plant."""
    took = []
    with Visitor(port, OTHER, token) as person:
        while not is_over():
            status, ms = person.timed("/api/kpis?days=7")
            assert status == HTTPStatus.OK, status
            took.append(ms)
            time.sleep(APART_S)
    return took


def _report(
    answers: Counter[int], took_s: float, meanwhile: list[float], quiet: list[float]
) -> int:
    refused, ratio = answers[HTTPStatus.TOO_MANY_REQUESTS], p95(meanwhile) / p95(quiet)
    passed = refused >= REFUSED_AT_LEAST and ratio <= RATIO
    sys.stdout.write(
        f"{sum(answers.values()):,} wrong passwords in {took_s:.1f} s: {refused} refused as too "
        f"many (at least {REFUSED_AT_LEAST}), all answers {dict(answers)}\n"
        f"p95 of the other plant {p95(quiet):.1f} ms of {len(quiet)} quiet, "
        f"{p95(meanwhile):.1f} ms of {len(meanwhile)} meanwhile: {ratio:.2f} × (at most {RATIO} ×)"
        f" | {'pass' if passed else 'FAIL'}\n"
    )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
