"""People, roles, hosts, schedules and the access log in the admin of the base host."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tenants.models import AccessLog, Domain, Membership, User
from tenants.services.audit import note

pytestmark = pytest.mark.django_db
MEMBERSHIP, USER, DOMAIN = (f"/admin/tenants/{name}/" for name in ("membership", "user", "domain"))
ACCESS_LOG, TASK = "/admin/tenants/accesslog/", "/admin/django_celery_beat/periodictask/"


@pytest.fixture
def admin(person) -> User:
    ContentType.objects.clear_cache()
    return person("root", admin=True)


@pytest.fixture
def base(admin, client_of) -> Client:
    return client_of(admin)


def fields(user: User, **changes: str) -> dict[str, str]:
    """What the form of an account sends."""
    sent = {"username": user.username, "email": user.email, "is_active": "on", **changes}
    return {key: value for key, value in sent.items() if value}


def last(action: str) -> tuple[str, str, str]:
    """Of the newest line of this kind: who did it, in which plant, and to whom."""
    line = AccessLog.objects.filter(action=action).first()
    return line.user_label, line.tenant_id, line.about


def test_the_base_host_shows_the_platforms_pages_and_no_plants(base, admin):
    text = base.get("/admin/").content.decode()
    assert "/admin/tenants/tenant/" in text
    assert "/admin/production/" not in text
    for path in ("tenants/tenant/", MEMBERSHIP[7:], USER[7:], DOMAIN[7:], ACCESS_LOG[7:], TASK[7:]):
        assert base.get(f"/admin/{path}").status_code == 200, path
    assert base.get(f"{USER}{admin.pk}/change/").status_code == 200
    assert base.get(f"{USER}add/").status_code == 200
    assert base.get("/admin/production/machine/").status_code == 403
    assert base.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_a_platform_key_opens_the_api_and_not_the_admin(admin):
    from tenants.services.tokens import create_token

    token = create_token(user=admin, tenant=None)
    caller = Client(HTTP_HOST="amis.localhost", HTTP_AUTHORIZATION=f"Token {token}")
    assert caller.get("/api/tenants/list").status_code == 200
    assert caller.get("/admin/").status_code == 403


def test_a_role_is_given_changed_and_taken(base, bob, lyon, chicago, token_for, client_of):
    sent = {"user": str(bob.pk), "tenant": str(lyon.pk), "role": "operator"}
    assert base.post(f"{MEMBERSHIP}add/", sent).status_code == 302
    row = Membership.objects.get(user=bob, tenant=lyon)
    assert last("role_granted") == ("root@amis.example", "plant_lyon", f"{bob.email}: operator")

    sent = {"role": "engineer", "user": str(base.session["_auth_user_id"])}
    assert base.post(f"{MEMBERSHIP}{row.pk}/change/", sent).status_code == 302
    row.refresh_from_db()
    assert (row.user, row.role) == (bob, "engineer")
    assert last("role_granted")[2] == f"{bob.email}: operator → engineer"

    key = Client(HTTP_AUTHORIZATION=f"Token {token_for(bob, lyon)}", HTTP_X_TENANT="plant_lyon")
    assert key.get("/api/kpis", HTTP_HOST="amis.localhost").status_code == 200
    assert base.post(f"{MEMBERSHIP}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert last("role_revoked")[1:] == ("plant_lyon", f"{bob.email}: engineer")
    assert key.get("/api/kpis", HTTP_HOST="amis.localhost").status_code == 401
    assert client_of(bob, lyon).get("/").status_code == 404
    assert client_of(bob, chicago).get("/").status_code == 200


def test_roles_chosen_in_the_list_are_all_revoked(base, alice, bob):
    rows = Membership.objects.filter(user__in=[alice, bob])
    chosen = [str(pk) for pk in rows.values_list("pk", flat=True)]
    sent = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    assert base.post(MEMBERSHIP, sent).status_code == 302
    assert not rows.exists()
    assert AccessLog.objects.filter(action="role_revoked").count() == 2


def test_a_second_role_in_the_same_plant_is_refused(base, bob, chicago):
    sent = {"user": str(bob.pk), "tenant": str(chicago.pk), "role": "admin"}
    answer = base.post(f"{MEMBERSHIP}add/", sent)
    assert "already exists" in answer.content.decode()
    assert Membership.objects.get(user=bob, tenant=chicago).role == "viewer"


def test_who_has_no_password_is_invited_with_the_first_role(base, lyon):
    dora = User.objects.create_user("dora", "dora@amis.example")
    sent = {"user": str(dora.pk), "tenant": str(lyon.pk), "role": "viewer"}
    assert base.post(f"{MEMBERSHIP}add/", sent).status_code == 302
    assert last("invited")[1:] == ("plant_lyon", "dora@amis.example")


def new(**changes: str) -> dict[str, str]:
    words = {"usable_password": "true", "password1": "dora-knows-7", "password2": "dora-knows-7"}
    return {"username": "dora", "email": "Dora@amis.example", **words, **changes}


def test_an_account_is_made_and_told(base):
    assert base.post(f"{USER}add/", new()).status_code == 302
    dora = User.objects.get(username="dora")
    assert dora.email == "dora@amis.example"
    assert dora.check_password("dora-knows-7")
    assert last("configured")[2] == "added account dora@amis.example"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "BOB"}, "An account with this username exists already."),
        ({"email": "BOB@amis.example"}, "An account with this email exists already."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"username": "do ra"}, "Enter a valid username."),
        ({"username": "do\0ra"}, "Null characters are not allowed."),
        ({"password2": "another-7-word"}, "didn’t match"),
        ({"password1": "12345678", "password2": "12345678"}, "too common"),
    ],
)
def test_a_wrong_account_is_refused_beside_its_field(base, bob, changes, words):
    answer = base.post(f"{USER}add/", new(**changes))
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_no_page_shows_a_password_or_its_hash(base, bob):
    text = base.get(f"{USER}{bob.pk}/change/").content.decode()
    algorithm, _rounds, salt, digest = bob.password.split("$")
    for part in (algorithm, salt, digest):
        assert part not in text
    assert f"{USER}{bob.pk}/password/" in text


def test_a_password_set_here_ends_the_persons_sessions(base, bob, chicago, client_of):
    browser = client_of(bob, chicago)
    assert browser.get("/").status_code == 200
    sent = {"usable_password": "true", "password1": "bob-knows-88", "password2": "bob-knows-88"}
    assert base.post(f"{USER}{bob.pk}/password/", sent).status_code == 302
    bob.refresh_from_db()
    assert bob.check_password("bob-knows-88")
    assert last("password_changed") == ("root@amis.example", "", bob.email)
    assert browser.get("/").status_code == 302


def test_who_is_made_inactive_is_out_and_his_name_stays(base, bob, chicago, client_of, token_for):
    browser, token = client_of(bob, chicago), token_for(bob, chicago)
    assert base.post(f"{USER}{bob.pk}/change/", fields(bob, is_active="")).status_code == 302
    assert last("configured")[2] == f"changed account {bob.email}: active"
    assert browser.get("/").status_code == 302
    key = Client(HTTP_HOST="amis.localhost", HTTP_AUTHORIZATION=f"Token {token}")
    assert key.get("/api/kpis").status_code == 401
    assert base.get(f"{USER}{bob.pk}/delete/").status_code == 403
    assert base.post(f"{USER}{bob.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize("lost", ["is_active", "is_superuser"])
def test_nobody_locks_himself_out(base, admin, lost):
    sent = fields(admin, **{"is_superuser": "on", lost: ""})
    answer = base.post(f"{USER}{admin.pk}/change/", sent)
    assert "Nobody takes this from himself" in answer.content.decode()
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.is_superuser


def test_a_plant_gets_one_more_host_and_keeps_its_first(base, chicago, client_of, alice):
    answer = base.post(f"{DOMAIN}add/", {"domain": "Oee.Example.com", "tenant": "1"})
    assert answer.status_code == 302
    host = Domain.objects.get(domain="oee.example.com")
    assert (host.tenant_id, host.is_primary) == (chicago.pk, False)
    assert last("configured")[1:] == ("plant_chicago", f"added domain {host.pk}")
    first = Domain.objects.get(tenant=chicago, is_primary=True)
    assert base.post(f"{DOMAIN}{first.pk}/change/", {"domain": "x.org"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": [str(first.pk)], "post": "yes"}
    base.post(DOMAIN, sent)
    assert Domain.objects.filter(pk=first.pk, is_primary=True).exists()
    assert base.post(f"{DOMAIN}{host.pk}/delete/", {"post": "yes"}).status_code == 302


@pytest.mark.parametrize(
    "host",
    ["amis.localhost", "http://x.org", "x.org:8000", "x_y.org", "-x.org", "a..b", "x" * 64,
     "LOCALHOST", "plant-lyon.amis.localhost", "plant-oslo.amis.localhost", "a.b" * 90, "x.org/\0"],
)  # fmt: skip
def test_a_wrong_host_is_refused(base, chicago, host):
    answer = base.post(f"{DOMAIN}add/", {"domain": host, "tenant": "1"})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert Domain.objects.count() == 2


def test_the_access_log_is_read_by_kind_and_day_and_never_written(base, admin, alice):
    note(AccessLog.Action.TOKEN_MADE, user=alice, tenant_id="plant_chicago", about="press: read")
    line = AccessLog.objects.first()
    day = f"at__year={line.at.year}&at__month={line.at.month}&at__day={line.at.day}"
    for query, shown in (
        ("", True),
        ("?action__exact=token_made", True),
        ("?action__exact=role_revoked", False),
        ("?tenant_id=plant_lyon", False),
        ("?q=press", True),
        (f"?{day}", True),
        ("?at__year=2001", False),
    ):
        text = base.get(ACCESS_LOG + query).content.decode()
        assert ("press: read" in text) == shown, query
    assert base.get(f"{ACCESS_LOG}{line.pk}/change/").status_code == 200
    for rest in ("add/", f"{line.pk}/change/", f"{line.pk}/delete/"):
        assert base.post(ACCESS_LOG + rest, {"about": "x", "post": "yes"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": [str(line.pk)], "post": "yes"}
    base.post(ACCESS_LOG, sent)
    assert AccessLog.objects.get(pk=line.pk).about == "press: read"


@pytest.mark.parametrize(
    "wrong",
    ["action__exact=%00", "address=x", "e=1&address=x", "about__regex=(",
     "user_label__range=1", "at__year=0",
     "at__year=99999999999999999999", "at__year=2026&at__month=13",
     "at__year=2026&at__month=2&at__day=31"],
)  # fmt: skip
def test_a_wrong_filter_leads_back_to_the_whole_list(base, admin, wrong):
    note("signed_in", user=admin)
    answer = base.get(f"{ACCESS_LOG}?{wrong}")
    assert answer.status_code == 200 or answer["Location"] == f"{ACCESS_LOG}?e=1"


@pytest.mark.parametrize(
    "path", [f"{USER}?password__startswith=x", f"{TASK}?_to_field=crontab", f"{USER}?_to_field=x"]
)
def test_a_lookup_that_no_page_offers_is_refused_in_one_line_of_the_log(base, path, caplog):
    assert base.get(path).status_code == 400
    (line,) = caplog.records
    assert line.name.startswith("django.security.DisallowedModelAdmin")
    assert (line.levelname, line.exc_info) == ("WARNING", None)


def test_a_refusal_of_the_plants_rules_is_told_and_nothing_is_stored(base, lyon, monkeypatch):
    monkeypatch.setattr("tenants.rates.LETTERS", 0)
    dora = User.objects.create_user("dora", "dora@amis.example")
    sent = {"user": str(dora.pk), "tenant": str(lyon.pk), "role": "viewer"}
    answer = base.post(f"{MEMBERSHIP}add/", sent)
    assert answer.status_code == 429
    assert "invitations" in answer.content.decode()
    assert not Membership.objects.exists()


def test_what_beat_orders_is_shown_and_not_changed(base):
    every, _ = IntervalSchedule.objects.get_or_create(every=20, period="seconds")
    task = PeriodicTask.objects.create(name="reports", task="reports.plan", interval=every)
    assert "every 20 seconds" in base.get(TASK).content.decode()
    assert base.get(f"{TASK}{task.pk}/change/").status_code == 200
    assert base.post(f"{TASK}{task.pk}/change/", {"task": "os.system"}).status_code == 403
    assert base.post(f"{TASK}add/", {"task": "os.system"}).status_code == 403


@pytest.mark.parametrize("path", [USER, MEMBERSHIP, DOMAIN, ACCESS_LOG, TASK])
@pytest.mark.parametrize("who", ["alice", "corporate", "plant_admin"])
def test_only_the_platforms_administrators_come_in(who, path, person, client_of, chicago, admin):
    somebody = {
        "alice": lambda: person("alice", chicago="manager"),
        "corporate": lambda: person("carol", corporate=True),
        "plant_admin": lambda: person("ada", chicago="admin"),
    }[who]()
    assert client_of(somebody).get(path).status_code == 403
    if who != "corporate":
        assert client_of(somebody, chicago).get(path).status_code == 403
    assert client_of(admin, chicago).get(path).status_code == 403
    assert Client(HTTP_HOST="amis.localhost").get(path).status_code == 302
