"""A plant that was backed up, lost and restored is the same plant."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import schema_exists, tenant_context

from conftest import as_owner
from production.models import Machine, ProductionRecord
from production.services.partitions import ensure_partitions
from production.services.plants import found_plant
from production.services.submit import submit_records
from production.tests.factories import make_machine, store
from tenants import grants
from tenants.models import ApiToken, Tenant
from tenants.services import restore
from tenants.services.archive import CHECKSUM
from tenants.services.tokens import create_token

DAY = datetime(2024, 2, 7, 12, tzinfo=UTC)
ROW = {"production_date": "2026-02-07", "machine_id": "M001", "units_produced": 450,
       "defective_units": 5, "downtime_min": 15, "shift": "Day"}  # fmt: skip


@pytest.fixture
def oslo(committed, person):
    """A plant with samples in a month of its own, a record, odd text and a member with a key."""
    with as_owner():
        oslo = found_plant(tenant_id="plant_oslo", tenant_name="Oslo", timezone="Europe/Oslo")
        with tenant_context(oslo):
            ensure_partitions(first=DAY.date(), last=DAY.date())
    ada = person("ada")
    oslo.memberships.create(user=ada, role="manager")
    create_token(user=ada, tenant=oslo)
    with tenant_context(oslo):
        machine = make_machine("M001", metadata={"note": "tab\there, \\N and \u00e6"})
        store(machine, "produced", (DAY, 1.5), (DAY.replace(year=1999), 7.0))
        submit_records(rows=[ROW])
    yield oslo
    with as_owner():
        for tenant in Tenant.objects.filter(schema_name="plant_oslo"):
            _lose(tenant)


def _lose(tenant: Tenant) -> None:
    grants.drop_schema(tenant.schema_name)
    grants.drop_role(tenant)
    tenant.delete()


@pytest.fixture
def backup(oslo, tmp_path, capsys) -> Path:
    path = tmp_path / "oslo.zip"
    call_command("backup_tenant", "plant_oslo", out=path)
    return path


def hashes(capsys) -> list[str]:
    return capsys.readouterr().out.splitlines()[:-1]


def test_what_was_lost_is_back_to_the_last_row(oslo, backup, person, capsys):
    before = hashes(capsys)
    assert "production_productionrecord 1 " in "\n".join(before)
    assert f"{backup.stat().st_mode:o}" == "100600"
    with as_owner():
        _lose(oslo)
        call_command("restore_tenant", backup)
    assert hashes(capsys) == before

    again = Tenant.objects.get(schema_name="plant_oslo")
    assert (again.status, again.timezone, again.created_at) == (
        "active", "Europe/Oslo", oslo.created_at,
    )  # fmt: skip
    assert again.domains.get().domain == "plant-oslo.amis.localhost"
    assert [(m.user.username, m.role) for m in again.memberships.all()] == [("ada", "manager")]
    assert not ApiToken.objects.exists()
    with tenant_context(again):
        # The plant's own role reads and writes, and new rows get new numbers.
        assert Machine.objects.get().metadata["note"] == "tab\there, \\N and \u00e6"
        assert ProductionRecord.objects.get().units_produced == 450
        make_machine("M002")
        with connection.cursor() as cursor:
            cursor.execute("SELECT tableoid::regclass::text FROM production_sample ORDER BY 1")
            parts = [name for (name,) in cursor.fetchall()]
    assert parts == ["production_sample_202402", "production_sample_default"]


def test_a_backup_changes_nothing(oslo, backup, tmp_path, capsys):
    first = hashes(capsys)
    call_command("backup_tenant", "plant_oslo", out=tmp_path / "again.zip")
    assert hashes(capsys) == first
    assert {path.name for path in tmp_path.iterdir()} == {"oslo.zip", "again.zip"}


def test_a_living_plant_is_not_restored_over(oslo, backup):
    with as_owner(), pytest.raises(CommandError, match="exists"):
        call_command("restore_tenant", backup)
    with tenant_context(oslo):
        assert Machine.objects.count() == 1


@pytest.mark.parametrize("place", [0.0, 0.5, 0.9, 1.0])
def test_a_damaged_file_leaves_nothing(oslo, backup, place):
    content = bytearray(backup.read_bytes())
    content[int(place * (len(content) - 1))] ^= 1
    backup.write_bytes(content)
    with as_owner():
        _lose(oslo)
        with pytest.raises(CommandError, match="damaged"):
            call_command("restore_tenant", backup)
    assert not schema_exists("plant_oslo")
    assert not Tenant.objects.filter(schema_name="plant_oslo").exists()


@pytest.mark.parametrize("content", [b"", b"x" * CHECKSUM, b"machine_id,shift\nM001,Day\n" * 9])
def test_what_is_no_backup_is_refused(committed, tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with as_owner(), pytest.raises(CommandError, match="no backup"):
        call_command("restore_tenant", tmp_path / "file")


def test_a_backup_of_another_version_is_refused_by_what_differs(oslo, backup, monkeypatch):
    here = restore.migrations_here() | {("reports", "0099_later")}
    monkeypatch.setattr(restore, "migrations_here", lambda: here)
    with as_owner():
        _lose(oslo)
        with pytest.raises(CommandError, match=r"reports\.0099_later"):
            call_command("restore_tenant", backup)
    assert not schema_exists("plant_oslo")


def test_a_restore_that_is_killed_leaves_nothing_and_can_be_done_again(oslo, backup, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with as_owner():
        _lose(oslo)
        with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
            broken.setattr(restore, "_restore_shared", killed)
            call_command("restore_tenant", backup)
        assert not schema_exists("plant_oslo")
        call_command("restore_tenant", backup)
    assert schema_exists("plant_oslo")


def test_no_key_and_no_password_of_a_person_is_in_the_file(oslo, backup):
    digest = ApiToken.objects.get().digest
    with zipfile.ZipFile(backup) as archive:
        for name in archive.namelist():
            assert digest.encode() not in archive.read(name)
            assert b"pbkdf2" not in archive.read(name)
