"""Signing in, choosing a plant and crossing to it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amis.trace import GIVEN_ID
from tenants.models import AccessLog, Tenant

CHICAGO = "plant-chicago.amis.localhost"
LYON = "plant-lyon.amis.localhost"
BASE = "amis.localhost"


def _sign_in(host: str, name: str, password: str | None = None) -> tuple[Client, object]:
    client = Client(HTTP_HOST=host)
    answer = client.post(
        "/accounts/login/",
        {"username": f"{name}@amis.example", "password": password or f"{name}-knows-7"},
    )
    return client, answer


def test_an_anonymous_visitor_is_sent_to_the_form_and_back(db, chicago):
    answer = Client(HTTP_HOST=CHICAGO).get("/machines/M001/?from=x")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/machines/M001/%3Ffrom%3Dx"


def test_alice_signs_in_with_her_email_whatever_its_case(db, alice, chicago):
    client = Client(HTTP_HOST=CHICAGO)
    answer = client.post(
        "/accounts/login/", {"username": "Alice@AMIS.example", "password": "alice-knows-7"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/api/websocket/status").status_code == 200


def test_a_wrong_password_gets_the_form_again_with_a_sentence(db, alice, chicago):
    _, answer = _sign_in(CHICAGO, "alice", "wrong")
    assert answer.status_code == 200
    assert "correct" in answer.content.decode()


def test_mallory_may_sign_in_anywhere_but_sees_nothing_of_chicago(db, mallory, chicago):
    client, _ = _sign_in(CHICAGO, "mallory")
    for path in ("/", "/machines/M001/", "/settings/"):
        assert client.get(path).status_code == 404, path


def test_a_plant_is_told_once_an_hour_of_the_platforms_people_and_never_of_its_own(
    db, person, chicago, token_for
):
    alice, root = person("alice", chicago="viewer"), person("root", admin=True)
    for user in (alice, root, root):
        token = token_for(user, chicago if user is alice else None)
        asks = Client(HTTP_HOST=CHICAGO, HTTP_AUTHORIZATION=f"Token {token}")
        assert asks.get("/api/websocket/status").status_code == 200
    (line,) = AccessLog.objects.filter(action=AccessLog.Action.ENTERED)
    assert (line.user_label, line.tenant_id) == ("root@amis.example", "plant_chicago")


def test_an_unknown_host_answers_404(db, alice):
    client, _ = _sign_in(BASE, "alice")
    assert client.get("/", HTTP_HOST="plant-atlantis.amis.localhost").status_code == 404


def test_a_plant_whose_id_ends_with_an_underscore_answers_at_its_host(db):
    odd = Tenant.objects.create(schema_name="oslo_", tenant_name="Oslo", status="active")
    odd.domains.create(domain="oslo-.amis.localhost", is_primary=True)
    assert Client(HTTP_HOST="oslo-.amis.localhost").get("/accounts/login/").status_code == 200


def test_the_host_of_a_plant_that_was_deleted_a_moment_ago_answers_404(db):
    gone = Tenant.objects.create(schema_name="bergen", tenant_name="Bergen", status="active")
    gone.domains.create(domain="bergen.amis.localhost", is_primary=True)
    visitor = Client(HTTP_HOST="bergen.amis.localhost")
    assert visitor.get("/accounts/login/").status_code == 200
    gone.delete()
    assert visitor.get("/accounts/login/").status_code == 404


def test_carol_chooses_a_plant_and_crosses_to_it_once(db, person, chicago, lyon):
    person("carol", chicago="manager", lyon="manager")
    client, answer = _sign_in(BASE, "carol")
    assert answer["Location"] == "/accounts/plants/"
    page = client.get("/accounts/plants/").content.decode()
    assert 'data-tenant-id="plant_chicago"' in page
    assert 'data-tenant-id="plant_lyon"' in page
    way = client.get("/accounts/go/plant_lyon/")
    assert way["Location"].startswith(f"http://{LYON}")
    ticket = way["Location"].split(LYON, 1)[1].lstrip(":0123456789")
    first, second = Client(HTTP_HOST=LYON), Client(HTTP_HOST=LYON)
    assert first.get(ticket).status_code == 302
    assert first.get("/api/websocket/status").status_code == 200
    assert second.get(ticket).status_code == 404
    assert second.get("/api/websocket/status").status_code == 401


def test_the_choice_of_plants_costs_the_same_however_many_there_are(
    db, person, chicago, lyon, client_of
):
    def queries(client: Client) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/accounts/plants/").text.count("data-tenant-id") > 0
        return len(asked)

    alone = client_of(person("alice", chicago="manager"))
    everywhere = client_of(person("carol", chicago="viewer", lyon="admin"))
    assert queries(alone) == queries(everywhere)


def test_a_suspended_plant_is_no_choice(db, person, chicago, lyon, client_of):
    client = client_of(person("carol", chicago="viewer", lyon="admin"))
    Tenant.objects.filter(pk=lyon.pk).update(status=Tenant.Status.SUSPENDED)
    page = client.get("/accounts/plants/").text
    assert 'data-tenant-id="plant_chicago"' in page
    assert "plant_lyon" not in page


def test_a_ticket_of_somebody_else_signs_nobody_in_and_leaves_the_session_as_it_was(
    db, person, mallory, chicago, lyon, client_of
):
    person("carol", chicago="manager", lyon="manager")
    carol, _ = _sign_in(BASE, "carol")
    ticket = carol.get("/accounts/go/plant_lyon/")["Location"].split(LYON, 1)[1]
    ticket = ticket.lstrip(":0123456789")
    other = client_of(mallory, lyon)
    assert other.get(ticket).status_code == 404
    assert "mallory" in other.get("/settings/").content.decode()
    assert Client(HTTP_HOST=LYON).get(ticket).status_code == 302


def test_a_move_to_a_plant_is_in_its_access_log(db, person, chicago, lyon):
    person("carol", chicago="manager", lyon="manager")
    carol, _ = _sign_in(BASE, "carol")
    ticket = carol.get("/accounts/go/plant_lyon/")["Location"].split(LYON, 1)[1]
    Client(HTTP_HOST=LYON).get(ticket.lstrip(":0123456789"))
    line = AccessLog.objects.get(action=AccessLog.Action.HANDED_OVER)
    assert (line.user_label, line.tenant_id) == ("carol@amis.example", "plant_lyon")


def test_a_ticket_for_one_plant_opens_no_other(db, person, chicago, lyon):
    person("carol", chicago="manager", lyon="manager")
    client, _ = _sign_in(BASE, "carol")
    ticket = client.get("/accounts/go/plant_lyon/")["Location"].split("localhost", 1)[1]
    assert Client(HTTP_HOST=CHICAGO).get(ticket.lstrip(":0123456789")).status_code == 404


def test_alice_finds_no_way_into_lyon(db, alice, chicago, lyon):
    client, _ = _sign_in(BASE, "alice")
    assert "plant_lyon" not in client.get("/accounts/plants/").content.decode()
    assert client.get("/accounts/go/plant_lyon/").status_code == 404


def test_signing_out_ends_the_session(db, alice, chicago):
    client, _ = _sign_in(CHICAGO, "alice")
    client.post("/accounts/logout/")
    assert client.get("/api/websocket/status").status_code == 401


@pytest.mark.parametrize("given", ["abc-123", None, "x" * 65, "a b", "é"])
def test_every_answer_has_a_request_id(db, chicago, given):
    headers = {"HTTP_X_REQUEST_ID": given} if given else {}
    answer = Client(HTTP_HOST=CHICAGO).get("/accounts/login/", **headers)
    assert GIVEN_ID.fullmatch(answer["X-Request-ID"])
    assert (answer["X-Request-ID"] == given) == (given == "abc-123")


def test_pages_forbid_foreign_and_inline_code(db, chicago):
    policy = Client(HTTP_HOST=CHICAGO).get("/accounts/login/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
