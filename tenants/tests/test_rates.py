"""How often somebody may ask, and how often be wrong."""

from __future__ import annotations

import dataclasses
import logging
import re
import threading

import pytest
import redis
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.utils import timezone as clock

from amis.asgi import application
from amis.environment import Doors
from amis.errors import TooMany
from tenants import rates
from tenants.live import valkey
from tenants.models import ApiToken, Tenant
from tenants.selectors import token_digest
from tenants.services.people import create_user, grant_role
from tenants.services.tokens import create_token

CHICAGO, LYON, BASE = "plant-chicago.amis.localhost", "plant-lyon.amis.localhost", "amis.localhost"
ATTACKER, OWNER = "203.0.113.9", "198.51.100.7"
KPIS = "/api/machines"


@pytest.fixture(autouse=True)
def _believed(monkeypatch):
    monkeypatch.setattr(rates, "_away", {"until": 0.0})
    monkeypatch.setattr(rates, "_shut", {})


@pytest.fixture
def limited(monkeypatch):
    """Smaller limits, so that a test need not ask a thousand times."""

    def set_to(*, per_user: int = 1000, per_plant: int = 1000) -> None:
        doors = Doors(per_user=per_user, per_plant=per_plant, proxies=())
        changed = dataclasses.replace(settings.ENVIRONMENT, doors=doors)
        monkeypatch.setattr(settings, "ENVIRONMENT", changed)

    return set_to


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that were hashed."""
    passwords: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def seen(self, password, *args, **kwargs):
        passwords.append(password)
        return encode(self, password, *args, **kwargs)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", seen)
    return passwords


def sign_in(name: str, password: str, *, address: str = ATTACKER, host: str = CHICAGO, **more):
    values = {"username": f"{name}@amis.example", "password": password}
    client = Client(HTTP_HOST=host, REMOTE_ADDR=address)
    return client.post("/accounts/login/", values, **more)


def test_the_limits_are_those_of_the_contract():
    doors = settings.ENVIRONMENT.doors
    assert (doors.per_user, doors.per_plant, doors.proxies) == (1200, 6000, ())


def test_the_sixth_wrong_password_of_an_account_is_not_hashed(db, alice, chicago, hashed):
    statuses = [sign_in("alice", "wrong").status_code for _ in range(8)]
    assert statuses == [200] * 5 + [429] * 3
    assert len(hashed) == 5


def test_the_right_password_is_refused_too_but_not_at_the_owners_address(db, alice, chicago):
    for _ in range(6):
        sign_in("alice", "wrong")
    assert sign_in("alice", "alice-knows-7").status_code == 429
    assert sign_in("ALICE", "alice-knows-7").status_code == 429
    assert sign_in("alice", "alice-knows-7", address=OWNER).status_code == 302


def test_one_address_tries_ten_times_whatever_the_accounts(db, alice, chicago, lyon, hashed):
    hosts = [CHICAGO, LYON, BASE]
    statuses = [sign_in(f"p{n}", "wrong", host=hosts[n % 3]).status_code for n in range(15)]
    assert statuses == [200] * 10 + [429] * 5
    assert len(hashed) == 10
    assert sign_in("alice", "alice-knows-7").status_code == 429


def test_attempts_at_the_same_time_are_counted_one_by_one(db, alice, chicago):
    taken: list[str] = []

    def attempt(number: int) -> None:
        try:
            rates.check_sign_in(f"p{number}", ATTACKER)
        except TooMany:
            return
        taken.append("")

    threads = [threading.Thread(target=attempt, args=[number]) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 10


def test_fifty_people_of_one_house_sign_in_within_a_minute(db, alice, chicago):
    assert {sign_in("alice", "alice-knows-7").status_code for _ in range(15)} == {302}


def test_a_known_and_an_unknown_account_get_the_same_answers(db, alice, chicago, hashed):
    known = [sign_in("alice", "wrong", address=ATTACKER) for _ in range(6)]
    after = len(hashed)
    unknown = [sign_in("nobody", "wrong", address=OWNER) for _ in range(6)]
    assert [a.status_code for a in known] == [a.status_code for a in unknown]
    told, of_nobody = (re.sub(rb"\d+ s\b", b"N s", a[5].content) for a in (known, unknown))
    assert told == of_nobody
    assert len(hashed) == 2 * after


def test_who_is_refused_is_told_when_to_come_again(db, chicago):
    for _ in range(5):
        sign_in("alice", "wrong")
    page, told = sign_in("alice", "wrong"), sign_in("alice", "x", HTTP_ACCEPT="application/json")
    assert 50 <= int(page["Retry-After"]) <= 60
    assert "Too many" in page.content.decode()
    assert told.json()["code"] == "too_many_requests"
    assert set(told.json()) == {"code", "message", "extra"}


def test_a_forwarded_address_is_not_believed_from_strangers(db, chicago):
    statuses = [
        sign_in(f"p{n}", "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}").status_code
        for n in range(12)
    ]
    assert statuses.count(429) == 2


def test_codes_are_counted_for_a_person_from_all_addresses(db, chicago):
    for number in range(5):
        rates.check_second_factor("7", f"192.0.2.{number}")
    with pytest.raises(TooMany):
        rates.check_second_factor("7", "192.0.2.99")
    rates.check_second_factor("8", "192.0.2.99")


def test_a_person_who_asks_too_often_is_held_up_and_nobody_else(
    db, limited, alice, bob, chicago, token_for
):
    limited(per_user=3)
    hers, his = (
        Client(HTTP_HOST=CHICAGO, headers={"Authorization": f"Token {token_for(who, chicago)}"})
        for who in (alice, bob)
    )
    answers = [hers.get(KPIS) for _ in range(5)]
    assert [a.status_code for a in answers] == [200] * 3 + [429] * 2
    assert answers[4].json()["code"] == "too_many_requests"
    assert 1 <= int(answers[4]["Retry-After"]) <= 60
    assert his.get(KPIS).status_code == 200


def test_a_plant_that_is_asked_too_often_holds_up_its_own_people(
    db, limited, alice, bob, mallory, chicago, lyon, client_of
):
    limited(per_plant=4)
    people = [client_of(alice, chicago), client_of(bob, chicago)]
    statuses = [people[n % 2].get(KPIS).status_code for n in range(6)]
    assert statuses == [200] * 4 + [429] * 2
    assert client_of(mallory, lyon).get(KPIS).status_code == 200


def test_a_stranger_counts_for_nothing_at_a_plant(db, limited, alice, mallory, chicago, client_of):
    limited(per_plant=2)
    stranger = client_of(mallory, chicago)
    assert {stranger.get(KPIS).status_code for _ in range(5)} == {404}
    assert client_of(alice, chicago).get(KPIS).status_code == 200


async def test_opening_live_connections_counts(committed, limited, monkeypatch):
    token = await sync_to_async(_bobs_token)()
    limited(per_user=1)
    headers = [(b"host", CHICAGO.encode()), (b"authorization", f"Token {token}".encode())]
    first = WebsocketCommunicator(application, "/ws", headers)
    second = WebsocketCommunicator(application, "/ws", headers)
    assert (await first.connect(timeout=5))[0]
    assert await second.connect(timeout=5) == (False, 4429)
    await first.disconnect()


def ask(key: str, *, address: str = ATTACKER, path: str = KPIS):
    client = Client(HTTP_HOST=CHICAGO, REMOTE_ADDR=address)
    return client.get(path, headers={"Authorization": f"Token {key}"})


def test_a_wrong_key_too_many_of_an_address_is_told_to_come_later(db, chicago, monkeypatch):
    monkeypatch.setattr(rates, "WRONG_KEYS", 30)
    answers = [ask(f"wrong-{number}", path=KPIS if number % 2 else "/") for number in range(32)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [302, 401] * 15 + [429] * 2
    assert answers[31].json()["code"] == "too_many_requests"
    assert 50 <= int(answers[31]["Retry-After"]) <= 60
    assert ask("wrong", address=OWNER).status_code == 401
    assert ask("wrong", address="2001:db8:1:2::1").status_code == 401


def test_who_has_a_right_key_or_none_is_not_held_up_by_wrong_ones_beside_him(
    db, alice, chicago, token_for, monkeypatch
):
    monkeypatch.setattr(rates, "WRONG_KEYS", 2)
    key, old = token_for(alice, chicago), token_for(alice, chicago)
    ApiToken.objects.filter(digest=token_digest(old)).update(expires_at=clock.now())
    assert [ask(old).status_code for _ in range(4)] == [401, 401, 429, 429]
    assert ask(key).status_code == 200
    assert Client(HTTP_HOST=CHICAGO, REMOTE_ADDR=ATTACKER).get(KPIS).status_code == 401
    assert sign_in("alice", "alice-knows-7").status_code == 302


async def test_wrong_keys_of_live_connections_count_with_the_others(committed, monkeypatch):
    monkeypatch.setattr(rates, "WRONG_KEYS", 2)
    token = await sync_to_async(_bobs_token)()
    assert (await sync_to_async(ask)("wrong", address="")).status_code == 401
    assert await opened("/ws", "wrong") == (False, 4401)
    assert await opened("/ws?token=wrong") == (False, 4429)
    assert await opened("/ws", "wrong") == (False, 4429)
    assert (await sync_to_async(ask)("wrong", address="")).status_code == 429
    assert (await opened("/ws", token))[0]


async def opened(path: str, key: str = "") -> tuple[bool, int | str | None]:
    """Whether the door lets the connection in, and else with which code it refuses."""
    own = [(b"authorization", f"Token {key}".encode())] if key else []
    live = WebsocketCommunicator(application, path, [(b"host", CHICAGO.encode()), *own])
    answer = await live.connect(timeout=5)
    if answer[0]:
        await live.disconnect()
    return answer


def _bobs_token() -> str:
    plant = Tenant.objects.get(schema_name="plant_chicago")
    bob = create_user(username="bob", email="bob@amis.example", password="bob-knows-7")
    grant_role(user=bob, tenant=plant, role="viewer")
    return create_token(user=bob, tenant=plant)


def test_without_valkey_people_are_let_in_and_the_log_says_so_once(
    db, alice, chicago, monkeypatch, caplog
):
    class Away:
        def acquire_entry(self, *args):
            raise redis.ConnectionError("refused")

    monkeypatch.setattr(rates, "_windows", Away)
    monkeypatch.setattr(rates, "ASK_AGAIN_S", 0.0)
    with caplog.at_level(logging.WARNING):
        assert {sign_in("alice", "wrong").status_code for _ in range(7)} == {200}
    assert [r.message for r in caplog.records if "not counted" in r.message] == [
        "Valkey does not answer (ConnectionError): requests are not counted."
    ]


def test_counts_of_a_plant_lie_under_its_own_name(db, chicago):
    rates.check_plant("plant_chicago")
    assert valkey().keys("plant_chicago:*") == [b"plant_chicago:rates:asked"]
