"""A plant is made whole from the command line, or not at all."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import schema_context

from conftest import as_owner
from production.models import ShiftPattern, StopReason
from tenants import grants
from tenants.models import AccessLog, ApiToken, Membership, Tenant
from tenants.selectors import token_digest
from tenants.services.plants import enter_tenant


@pytest.fixture
def oslo(committed):
    with as_owner():
        call_command("create_tenant", "plant_oslo", name="Oslo", timezone="Europe/Oslo")
    yield
    with as_owner():
        tenant = Tenant.objects.get(schema_name="plant_oslo")
        grants.drop_schema(tenant.schema_name)
        grants.drop_role(tenant)
        tenant.delete()


def test_a_new_plant_has_shifts_reasons_and_a_host(oslo):
    tenant = Tenant.objects.get(schema_name="plant_oslo")
    assert (tenant.status, tenant.domains.get().domain) == ("active", "plant-oslo.amis.localhost")
    with schema_context("plant_oslo"):
        assert ShiftPattern.objects.get().name == "three-shift"
        assert 4 < StopReason.objects.count() <= 25
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("t_plant_oslo",)


def test_a_plant_of_the_command_line_is_in_the_access_log(oslo):
    line = AccessLog.objects.get()
    assert (line.action, line.tenant_id, line.about) == (
        "plant_created", "plant_oslo", "by the operator"
    )  # fmt: skip


def test_a_second_plant_with_the_same_id_is_refused_and_changes_nothing(oslo):
    with as_owner(), pytest.raises(CommandError, match="exists"):
        call_command("create_tenant", "plant_oslo", name="Other", timezone="Europe/Oslo")
    assert Tenant.objects.get(schema_name="plant_oslo").tenant_name == "Oslo"


@pytest.mark.parametrize(
    ("tenant_id", "zone", "sentence"),
    [
        ("Oslo", "UTC", "tenant_id"),
        ("x", "UTC", "tenant_id"),
        ("public", "UTC", "reserved"),
        ("plant_bergen", "Norway/Bergen", "IANA"),
        ("plant_bergen", "Factory", "IANA"),
    ],
)
def test_a_bad_plant_is_refused_with_a_sentence(committed, tenant_id, zone, sentence):
    with as_owner(), pytest.raises(CommandError, match=sentence):
        call_command("create_tenant", tenant_id, name="N", timezone=zone)


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Europe/Paris", "Asia/Calcutta"])
def test_a_plant_may_lie_in_any_zone_and_under_its_older_name(db, zone):
    values = {"tenant_id": "plant_bergen", "tenant_name": "Bergen", "timezone": zone}
    assert enter_tenant(values=values).timezone == zone


def test_create_token_makes_the_person_and_prints_the_token_alone(db, chicago, capsys):
    call_command(
        "create_token", tenant="plant_chicago", user="dora@amis.example", role="supervisor"
    )
    text = capsys.readouterr().out.strip()
    token = ApiToken.objects.get(digest=token_digest(text))
    assert (token.user.email, token.tenant_id) == ("dora@amis.example", chicago.pk)
    assert Membership.objects.get(user=token.user).role == "supervisor"
