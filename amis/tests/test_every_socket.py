"""Every WebSocket, for everybody: who is let in, who is told no, and what is heard inside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings as configured
from django.db import connection
from django_tenants.utils import tenant_context

from amis.asgi import application
from amis.tests.calls import BASE, CHICAGO, LYON
from amis.tests.doors import ROLES, SCOPES, SOCKETS
from benchmarks.canary import canaries
from production.live import publish_machines
from production.models import Machine
from production.services.jobs import create_job, finish_job
from production.services.submit import submit_records
from production.tests.factories import make_machine
from tenants.live import apublish
from tenants.models import Membership, Tenant, User
from tenants.services.people import create_user, grant_role
from tenants.services.tokens import create_token
from tenants.sockets import PATHS

STRANGERS = ("mallory", "corporate", "revoked")
MEMBERS = (*ROLES, "platform")
KINDS = {"snapshot", "machine", "record", "job", "heartbeat"}
Headers = list[tuple[bytes, bytes]]


@pytest.fixture
def people(committed, chicago, lyon) -> dict[str, User]:
    """Both plants have one machine that names the plant, and people without passwords."""
    for tenant, word in ((chicago, "canary-chicago"), (lyon, "canary-lyon")):
        with tenant_context(tenant):
            make_machine()
            Machine.objects.update(machine_name=word)
    connection.set_schema_to_public()
    flags = {"corporate": {"is_corporate": True}, "platform": {"is_superuser": True}}
    found = {
        name: create_user(
            username=name, email=f"{name}@amis.example", password=None, **flags.get(name, {})
        )
        for name in (*ROLES, *STRANGERS, "platform")
    }
    for role in ROLES:
        grant_role(user=found[role], tenant=chicago, role=role)
    grant_role(user=found["mallory"], tenant=lyon, role="admin")
    grant_role(user=found["revoked"], tenant=chicago, role="admin")
    Membership.objects.filter(user=found["revoked"]).delete()
    return found


@pytest.fixture
def tokens(people, chicago) -> dict[str, str]:
    """A token of each person, and one of each scope."""
    made = {name: create_token(user=user, tenant=None) for name, user in people.items()}
    for scope in ("read", "submit", "manage"):
        made[scope] = create_token(user=people["admin"], tenant=chicago, scopes=[scope])
    return made


@pytest.fixture
def cookies(people, chicago, client_of) -> dict[str, dict[str, str]]:
    """The session of each person on the plant's host and on the base host."""
    name = configured.SESSION_COOKIE_NAME
    return {
        who: {
            host: f"{name}={client_of(user, plant).cookies[name].value}"
            for host, plant in ((CHICAGO, chicago), (BASE, None))
        }
        for who, user in people.items()
    }


@pytest.fixture
def suspended(people, chicago) -> Iterator[None]:
    plant = Tenant.objects.filter(pk=chicago.pk)
    plant.update(status=Tenant.Status.SUSPENDED)
    yield
    plant.update(status=Tenant.Status.ACTIVE)


def forms(plant: str = "plant_chicago") -> list[tuple[str, str, Headers]]:
    """The three ways to name the plant, each with and without the slash at the end."""
    host = f"{plant.replace('_', '-')}.{BASE}"
    ways = [(host, "", []), (BASE, f"?tenant_id={plant}", []),
            (BASE, "", [(b"x-tenant", plant.encode())])]  # fmt: skip
    return [(host, path + ask, more) for path in sorted(PATHS) for host, ask, more in ways]


def by_token(token: str) -> Headers:
    return [(b"authorization", f"Token {token}".encode())]


def by_session(cookie: str, origin: str | None) -> Headers:
    own = [(b"origin", origin.encode())] if origin is not None else []
    return [(b"cookie", cookie.encode()), *own]


def socket(host: str, path: str, headers: Headers) -> WebsocketCommunicator:
    return WebsocketCommunicator(application, path, [(b"host", host.encode()), *headers])


async def told(host: str, path: str, headers: Headers) -> int | str:
    """The code with which the door refuses, or the first frame behind it."""
    live = socket(host, path, headers)
    is_in, code = await live.connect(timeout=5)
    if not is_in:
        return code
    first = await live.receive_from(timeout=5)
    await live.disconnect()
    return first


async def outcomes(who: Headers) -> set[int | str]:
    """What the door says to somebody in each form: a code, or the plants that the frame names."""
    answers = [await told(host, path, [*more, *who]) for host, path, more in forms()]
    return {one if isinstance(one, int) else ",".join(sorted(canaries(one))) for one in answers}


def test_each_socket_stands_in_the_table_and_each_of_the_table_is_a_socket():
    router = application.application_mapping["websocket"]._app
    assert {str(route.pattern) for route in router.routes} == set(SOCKETS)
    assert set(SOCKETS.values()) == {"viewer"}, "then the tests here must know the others"
    for path in PATHS:
        assert any(route.pattern.match(path.lstrip("/")) for route in router.routes), path


async def test_by_key_the_plants_people_are_in_and_to_all_others_it_is_nowhere(tokens):
    for name in MEMBERS:
        assert await outcomes(by_token(tokens[name])) == {"chicago"}, name
    for name in STRANGERS:
        assert await outcomes(by_token(tokens[name])) == {4404}, name
    for nobody in ([], by_token("nonsense")):
        assert await outcomes(nobody) == {4401}


async def test_by_session_the_plants_people_are_in_and_to_all_others_it_is_nowhere(cookies):
    for name, own in cookies.items():
        for host, path, more in forms():
            answer = await told(host, path, [*more, *by_session(own[host], f"http://{host}")])
            if name in MEMBERS:
                assert canaries(answer) == {"chicago"}, (name, host)
            else:
                assert answer == 4404, (name, host)


async def test_a_plant_that_is_not_there_is_refused_like_a_foreign_one(tokens):
    for name, plants in (("mallory", ("plant_chicago", "plant_atlantis")),
                         ("viewer", ("plant_lyon", "plant_atlantis"))):  # fmt: skip
        for plant in plants:
            said = []
            for host, path, more in forms(plant):
                live = socket(host, path, [*more, *by_token(tokens[name])])
                await live.send_input({"type": "websocket.connect"})
                said.append(await live.receive_output(timeout=5))
            refusal = {key: said[0][key] for key in ("type", "code", "reason")}
            assert all(one == refusal for one in said), plant
            assert refusal["code"] == 4404
            assert plant not in refusal["reason"]


async def test_two_names_that_disagree_lead_nowhere(tokens):
    who = by_token(tokens["platform"])
    for host, path, more in (
        (CHICAGO, "/ws?tenant_id=plant_lyon", []),
        (LYON, "/ws", [(b"x-tenant", b"plant_chicago")]),
        (BASE, "/ws?tenant_id=plant_lyon", [(b"x-tenant", b"plant_chicago")]),
        (BASE, "/ws?tenant_id=plant_lyon&tenant_id=plant_chicago", []),
        (CHICAGO, "/ws/plant_chicago", []),
    ):
        assert await told(host, path, [*more, *who]) == 4404, (host, path)


async def test_a_key_opens_the_socket_only_if_it_is_for_reading(tokens):
    for scope in ("read", "submit", "manage"):
        needed = SCOPES[SOCKETS["^ws/?$"]]
        expected = "chicago" if scope == needed else 4403
        assert await outcomes(by_token(tokens[scope])) == {expected}, scope


async def test_with_a_session_only_a_page_of_this_very_host_opens_the_socket(cookies):
    foreign = (None, "null", "", f"https://{CHICAGO}", f"http://{CHICAGO}:8000", f"http://{BASE}",
               f"http://{LYON}", f"http://{CHICAGO}.example", CHICAGO)  # fmt: skip
    for name in MEMBERS:
        own = cookies[name][CHICAGO]
        for origin in foreign if name == "admin" else foreign[:2]:
            assert await told(CHICAGO, "/ws", by_session(own, origin)) == 4403, (name, origin)


async def test_a_session_of_one_host_is_nobody_on_another(cookies):
    for name in ("admin", "platform"):
        for host, of in ((BASE, CHICAGO), (LYON, CHICAGO), (CHICAGO, BASE)):
            who = by_session(cookies[name][of], f"http://{host}")
            assert await told(host, "/ws?tenant_id=", who) == 4401, (name, host)


async def test_with_a_key_the_page_does_not_matter(tokens):
    for origin in (b"null", b"http://elsewhere.example"):
        who = [*by_token(tokens["viewer"]), (b"origin", origin)]
        assert await outcomes(who) == {"chicago"}


async def test_of_a_suspended_plant_its_people_are_told_and_strangers_are_not(
    tokens, cookies, suspended
):
    for name in (*MEMBERS, *STRANGERS):
        code = 4403 if name in MEMBERS else 4404
        assert await outcomes(by_token(tokens[name])) == {code}, name
        who = by_session(cookies[name][CHICAGO], f"http://{CHICAGO}")
        assert await told(CHICAGO, "/ws", who) == code, name
    assert await outcomes([]) == {4401}


def happen(tenant: Tenant, word: str) -> None:
    """One event of each kind that people and machines cause, all of them naming the plant."""
    row = {"machine_id": "M001", "shift": "Day", "production_date": "2026-02-07"}
    with tenant_context(tenant):
        submit_records(rows=[{**row, "units_produced": 370}])
        job = create_job(kind="import", user_label=word)
        finish_job(job=job, state="failed", message=word)
        publish_machines(tenant.schema_name, [("M001", word)])


async def heard(live: WebsocketCommunicator, *, seconds: float) -> list[str]:
    """All frames of the time."""
    frames, end = [], asyncio.get_running_loop().time() + seconds
    while (left := end - asyncio.get_running_loop().time()) > 0:
        try:
            message = await asyncio.wait_for(live.output_queue.get(), left)
        except TimeoutError:
            break
        assert message["type"] == "websocket.send", message
        frames.append(message["text"])
    return frames


async def opened(tokens: dict[str, str]) -> dict[str, WebsocketCommunicator]:
    """A connection for each member of Chicago, and mallory's in Lyon."""
    lives = {name: socket(CHICAGO, "/ws", by_token(tokens[name])) for name in MEMBERS}
    lives["mallory"] = socket(LYON, "/ws/", by_token(tokens["mallory"]))
    for name, live in lives.items():
        assert (await live.connect(timeout=5))[0], name
    return lives


async def test_every_kind_of_frame_tells_each_listener_of_its_own_plant_alone(
    tokens, chicago, lyon, settings
):
    settings.LIVE_INTERVAL_S = 1.0
    lives = await opened(tokens)
    for tenant, word in ((lyon, "canary-lyon"), (chicago, "canary-chicago")):
        await sync_to_async(happen)(tenant, word)
    told = await asyncio.gather(*(heard(live, seconds=1.5) for live in lives.values()))
    for name, frames in zip(lives, told, strict=True):
        own = "lyon" if name == "mallory" else "chicago"
        assert {json.loads(frame)["type"] for frame in frames} == KINDS, name
        assert canaries("".join(frames)) == {own}, name
        for kind in ("snapshot", "machine", "job"):
            assert any(f'"{kind}"' in one and f"canary-{own}" in one for one in frames), kind
        await lives[name].disconnect()


async def test_the_search_finds_a_frame_that_went_astray(tokens):
    """Else what is not found above would say nothing."""
    live = socket(CHICAGO, "/ws", by_token(tokens["viewer"]))
    assert (await live.connect(timeout=5))[0]
    await apublish("plant_chicago", "machine", {"machine_name": "canary-lyon"})
    assert canaries("".join(await heard(live, seconds=0.3))) == {"chicago", "lyon"}
    await live.disconnect()


async def test_what_a_page_says_is_heard_by_nobody_and_changes_nothing(tokens):
    """Not even where it is one of our own frames, or what goes between the server's parts."""
    lives = await opened(tokens)
    for live in lives.values():
        await live.receive_from(timeout=5)
    names = ("type", "kind", "action", "command")
    words = (*sorted(KINDS), "subscribe", "live.frame", "live.withdrawn", "live_doubted")
    for name, live in lives.items():
        for number, word in enumerate(words):
            frame = {names[number % 4]: word, "seq": 9_999, "tenant_id": "plant_lyon",
                     "group": "plant_lyon.live", "data": "canary-lyon", "user_id": 1}  # fmt: skip
            await live.send_to(text_data=json.dumps(frame))
        for rest in (" ", "[]", "null", "{", f"canary-{name}"):
            await live.send_to(text_data=rest)
        await live.send_to(bytes_data=b"\x00\xff")
    told = await asyncio.gather(*(heard(live, seconds=0.5) for live in lives.values()))
    assert told == [[]] * len(lives)
    await apublish("plant_chicago", "job", "after")
    after = json.loads(await lives["viewer"].receive_from(timeout=5))
    assert (after["seq"], after["data"]) == (1, "after")
    for live in lives.values():
        await live.disconnect()
