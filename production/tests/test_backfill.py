"""The demo's past: every sample once, resumable, through the services that live data takes."""

from __future__ import annotations

import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django_tenants.utils import tenant_context

from amis.errors import Invalid
from conftest import as_owner
from production.models import (
    Connection,
    IngestCount,
    Job,
    Machine,
    ProductionRecord,
    Sample,
    Signal,
    StateInterval,
    StopReason,
)
from production.services import backfill as service
from production.services.backfill import History, backfill
from production.services.demo import FOLDER, make_demo_plants
from production.services.equipment import import_equipment
from tenants.live import valkey
from tenants.models import Membership, Tenant, User
from tenants.selectors import token_of

UNTIL = datetime(2026, 4, 2, 8, tzinfo=UTC)
EPOCH = UNTIL - timedelta(days=2)


@pytest.fixture(scope="module")
def dump(tmp_path_factory) -> Path:
    """Two days of the simulator, across the end of a month."""
    path = tmp_path_factory.mktemp("dump") / "chicago.npz"
    command = [sys.executable, "-m", "plc_sim", "dump", "--seed", "7", "--fine-hours", "0"]
    command += ["--timezone", "America/Chicago", "--out", str(path)]
    command += ["--epoch", EPOCH.isoformat(), "--until", UNTIL.isoformat()]
    subprocess.run(command, check=True, cwd=settings.BASE_DIR)
    return path


@pytest.fixture
def history(dump: Path) -> History:
    with np.load(dump) as arrays:
        return History(arrays["nodes"], arrays["node_index"], arrays["time_us"], arrays["value"])


@pytest.fixture
def equipped(db, chicago):
    """Chicago with the demo's equipment."""
    with tenant_context(chicago):
        text = (FOLDER / "plant_chicago.yaml").read_text(encoding="utf-8")
        import_equipment(text=text, folder=FOLDER)
    return chicago


def silent(percent: float, text: str) -> None:
    """Nobody watches."""


def shift_rows() -> list[tuple]:
    return sorted(
        ProductionRecord.objects.values_list(
            "machine__machine_id", "shift_start", "units_produced", "defective_units", "apt_s"
        )
    )


def run(*words: str) -> list[str]:
    out = StringIO()
    call_command("backfill_demo", "--tenant", "plant_chicago", *words, stdout=out)
    return out.getvalue().splitlines()


def test_both_demo_files_import_and_every_node_is_the_simulators(db, chicago, lyon, history):
    for plant in (chicago, lyon):
        with tenant_context(plant):
            text = (FOLDER / f"{plant.tenant_id}.yaml").read_text(encoding="utf-8")
            import_equipment(text=text, folder=FOLDER)
            nodes = set(Signal.objects.values_list("node", flat=True))
            assert nodes == {f"nsu=urn:amis:plc-sim;s={node}" for node in history.nodes}
            assert Connection.objects.get().simulated


def test_every_sample_is_stored_once_and_every_shift_has_its_record(equipped, dump, history):
    lines = run("--dump", str(dump))
    writes = set(zip(history.node_index.tolist(), history.times_us.tolist(), strict=True))
    with tenant_context(equipped):
        assert Sample.objects.count() == len(writes)
        counted = dict(IngestCount.objects.values_list("outcome", "count"))
        assert counted == {"received": len(writes), "stored": len(writes)}
        pieces = history.values[history.node_index == 1].max()
        records = ProductionRecord.objects.filter(machine__machine_id="M001")
        assert sum(records.values_list("units_produced", flat=True)) == pieces
        assert set(ProductionRecord.objects.values_list("simulated", flat=True)) == {True}
        assert Job.objects.get().state == Job.State.DONE
    percents = [float(line.split()[1]) for line in lines]
    assert all(line.startswith("PROGRESS ") for line in lines)
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert float(valkey().get("plant_chicago:backfill")) == 100


def test_a_second_start_does_not_read_anything_again(equipped, dump):
    run("--dump", str(dump))
    valkey().flushdb()
    assert run("--dump", "nowhere.npz") == ["PROGRESS 100 history complete"]
    assert float(valkey().get("plant_chicago:backfill")) == 100


@pytest.mark.parametrize("broken", ["record_samples", "derive_records"])
def test_a_killed_back_fill_goes_on_where_it_was(equipped, history, monkeypatch, broken):
    with tenant_context(equipped):
        backfill(history=history, tell=silent)
        whole = (Sample.objects.count(), StateInterval.objects.count(), shift_rows())
        for model in (Sample, StateInterval, ProductionRecord, Job):
            model.objects.all().delete()
        calls = iter(range(10))
        work = getattr(service, broken)

        def dies(**arguments):
            if next(calls) == 1:
                raise KeyboardInterrupt
            return work(**arguments)

        with monkeypatch.context() as patch:
            patch.setattr(service, broken, dies)
            with pytest.raises(KeyboardInterrupt):
                backfill(history=history, tell=silent)
        assert not service.backfill_is_done()
        backfill(history=history, tell=silent)
        assert (Sample.objects.count(), StateInterval.objects.count(), shift_rows()) == whole


def test_of_two_writes_at_one_instant_the_last_one_counts(equipped, history):
    twice = History(
        history.nodes,
        np.array([8, 8, 8]),
        np.array([10, 20, 20], dtype=np.int64) + history.times_us[0],
        np.array([1.0, 2.0, 3.0]),
    )
    with tenant_context(equipped):
        backfill(history=twice, tell=silent)
        assert list(Sample.objects.order_by("pk").values_list("value", flat=True)) == [1.0, 3.0]


def test_a_real_plant_is_not_given_a_simulated_past(equipped, history):
    with tenant_context(equipped):
        Connection.objects.update(simulated=False)
        with pytest.raises(Invalid, match="None of this plant's simulated signals"):
            backfill(history=history, tell=silent)
        assert not Sample.objects.exists()


def test_the_demo_is_made_once_and_prints_the_same_again(
    committed, tmp_path, chicago, lyon, monkeypatch
):
    secrets = tmp_path / "secrets.json"
    endpoint = "opc.tcp://127.0.0.1:4841/freeopcua/server/"
    with as_owner():
        facts = make_demo_plants(endpoints={"plant_chicago": endpoint}, secrets_file=secrets)
        hashed = []
        monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda *a, **k: hashed.append(a))
        moved = endpoint.replace("4841", "4842")
        again = make_demo_plants(endpoints={"plant_chicago": moved}, secrets_file=secrets)
    monkeypatch.undo()
    assert again == facts
    assert not hashed
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert {user["email"] for user in facts["users"]} >= {"alice@amis.example"}
    *of_plants, of_platform = facts["tokens"]
    assert len(of_plants) == Membership.objects.count() == 5
    assert (of_platform["username"], of_platform["tenant_id"]) == ("admin", None)
    for token in facts["tokens"]:
        assert token_of(token["token"]).user.username == token["username"]
    alice = next(user for user in facts["users"] if user["username"] == "alice")
    assert User.objects.get(username="alice").check_password(alice["password"])
    assert User.objects.get(username="carol").is_corporate
    assert User.objects.get(username="admin").is_superuser
    assert Tenant.objects.count() == 2
    with tenant_context(chicago):
        assert Machine.objects.count() == 3
        assert Connection.objects.get().endpoint_url == moved
        assert StopReason.objects.exists()


def test_a_lost_secrets_file_gives_new_passwords_that_work(committed, tmp_path):
    with as_owner():
        make_demo_plants(endpoints={}, secrets_file=tmp_path / "one.json")
        facts = make_demo_plants(endpoints={}, secrets_file=tmp_path / "two.json")
    bob = next(user for user in facts["users"] if user["username"] == "bob")
    assert User.objects.get(username="bob").check_password(bob["password"])
