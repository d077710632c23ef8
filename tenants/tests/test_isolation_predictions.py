"""No door shows one plant what was predicted for another: API, pages, kept answers, models."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone as clock
from django_tenants.utils import tenant_context

from analytics.models import Anomaly, Forecast, ModelVersion, Prediction, Promotion, Run
from analytics.selectors.answers import kept
from analytics.services.models_in_force import loaded
from analytics.services.training import train_downtime
from analytics.tests.past import NOW, WORN, fill
from analytics.tests.stored import RISKS, store_forecast, store_risks
from production.models import Job
from production.services.jobs import create_job
from production.tests.factories import make_machine

CHICAGO, LYON = "plant-chicago.amis.localhost", "plant-lyon.amis.localhost"
READS = ("forecast", "forecast?machine_id=M001", "forecast-advanced", "anomalies?days=365",
         "models", "scorecard?days=365", "scorecard?task=forecast&days=365")  # fmt: skip
PAGES = ("/", "/risk/", "/forecast/", "/anomalies/", "/models/", "/machines/M001/")
CANARY = "Canary of Chicago"


@pytest.fixture
def canaries(db, chicago, lyon):
    """Chicago has predictions, forecasts, a version, an anomaly and a job; Lyon two machines."""
    with tenant_context(lyon):
        for number in (1, 2, 3):
            make_machine(f"M00{number}")
    with tenant_context(chicago):
        now = clock.now()
        machines = [make_machine(f"M00{number}") for number in (1, 2, 3)]
        store_risks(machines, RISKS, now=now)
        store_forecast(now, now.date())
        ModelVersion.objects.update(guard_reason=CANARY, verdict={"reason": CANARY})
        Prediction.objects.update(served=CANARY, factors=[["heat", CANARY, 30.0]])
        Forecast.objects.update(reason=CANARY)
        Promotion.objects.update(why=CANARY)
        anomaly = Anomaly.objects.create(
            machine=machines[0], grain="signal", start=now - timedelta(hours=2), end=now, score=0.9,
            sentence=CANARY,
        )  # fmt: skip
        job = create_job(kind="train_downtime", user_id=1, user_label=CANARY)
        version = ModelVersion.objects.get(task="downtime")
    return {"anomaly": anomaly.pk, "job": job.pk, "version": version.pk}


def token_of(user, plant, token_for) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Token {token_for(user, plant)}"}


def test_the_canaries_are_seen_in_their_own_plant(canaries, chicago, alice, token_for, client_of):
    """So that their absence elsewhere means something."""
    client = Client(HTTP_HOST=CHICAGO, **token_of(alice, chicago, token_for))
    for path in ("forecast", "forecast-advanced", "anomalies", "models", "scorecard"):
        assert CANARY in client.get(f"/api/ml/{path}").content.decode(), path
    for page in ("/risk/", "/forecast/", "/models/"):
        assert CANARY in client_of(alice, chicago).get(page).content.decode(), page


@pytest.mark.parametrize("path", READS)
def test_mallory_reads_nothing_of_chicago_in_her_own_plant(
    canaries, lyon, mallory, token_for, path
):
    client = Client(HTTP_HOST=LYON, **token_of(mallory, lyon, token_for))
    answer = client.get(f"/api/ml/{path}")
    assert answer.status_code == 200
    assert CANARY not in answer.content.decode()
    body = answer.json()
    assert body.get("status", "insufficient") == "insufficient"
    assert body.get("results", []) == []


@pytest.mark.parametrize("page", PAGES)
def test_mallorys_pages_show_nothing_of_chicago_even_after_alice_looked(
    canaries, chicago, lyon, alice, mallory, client_of, page
):
    """What Alice's look left in Valkey is not taken for Lyon's answer."""
    assert client_of(alice, chicago).get(page).status_code == 200
    answer = client_of(mallory, lyon).get(page)
    assert answer.status_code == 200
    assert CANARY not in answer.content.decode()


@pytest.mark.parametrize("path", READS)
def test_mallory_gets_404_for_chicagos_predictions_in_every_form(
    canaries, lyon, mallory, token_for, path
):
    token = token_of(mallory, lyon, token_for)
    forms = (
        (CHICAGO, f"/api/ml/{path}", {}),
        ("amis.localhost", f"/api/tenants/plant_chicago/ml/{path}", {}),
        ("amis.localhost", f"/api/ml/{path}", {"HTTP_X_TENANT": "plant_chicago"}),
    )
    for host, route, headers in forms:
        assert Client(HTTP_HOST=host, **token).get(route, **headers).status_code == 404


def test_chicagos_numbers_are_not_found_among_lyons_versions_anomalies_and_jobs(
    canaries, lyon, chicago, mallory, token_for
):
    client = Client(HTTP_HOST=LYON, **token_of(mallory, lyon, token_for))
    for path in (
        f"ml/models/{canaries['version']}/promote",
        f"ml/anomalies/{canaries['anomaly']}/confirm",
        f"jobs/{canaries['job']}/cancel",
    ):
        assert client.post(f"/api/{path}").status_code == 404, path
    assert client.get(f"/api/jobs/{canaries['job']}").status_code == 404
    body = json.dumps({"task": "downtime"})
    answer = client.post("/api/ml/rollback", body, content_type="application/json")
    assert answer.status_code == 409
    with tenant_context(chicago):
        assert Anomaly.objects.get().status == "open"
        assert Job.objects.get().state == "queued"
        assert ModelVersion.objects.get(task="downtime").status == "champion"


def test_a_training_that_mallory_asks_for_is_lyons(canaries, chicago, lyon, mallory, token_for):
    client = Client(HTTP_HOST=LYON, **token_of(mallory, lyon, token_for))
    body = json.dumps({"task": "downtime"})
    assert client.post("/api/ml/train", body, content_type="application/json").status_code == 202
    with tenant_context(lyon):
        assert Run.objects.get().job.user_label == "mallory"
    with tenant_context(chicago):
        assert not Run.objects.exists()


def test_a_kept_answer_of_the_same_name_is_another_in_each_plant(db, chicago, lyon):
    with tenant_context(chicago):
        assert kept("track", lambda: "of chicago") == "of chicago"
    with tenant_context(lyon):
        assert kept("track", lambda: "of lyon") == "of lyon"
    with tenant_context(chicago):
        assert kept("track", lambda: "made anew") == "of chicago"


def test_one_process_keeps_the_models_of_two_plants_apart_though_their_rows_have_one_number(
    db, chicago, lyon
):
    found = []
    for place in (chicago, lyon, chicago, lyon):
        with tenant_context(place):
            version, is_new = ModelVersion.objects.get_or_create(
                pk=7_000_007, defaults={"task": "downtime", "number": 1, "as_of": NOW}
            )
            if is_new:
                version.artefacts.create(name="of", content=place.schema_name.encode())
            found.append(loaded(version, lambda parts: parts["of"].decode()))
    assert found == ["plant_chicago", "plant_lyon"] * 2


def test_lyons_model_learns_from_lyons_shifts_alone(db, chicago, lyon):
    """Training in Lyon is the same whether Chicago has a past or none."""
    hashes = []
    for _ in range(2):
        with tenant_context(lyon):
            ModelVersion.objects.all().delete()
            if not hashes:
                fill(machines=1, days=30)
            trained = train_downtime(as_of=NOW, tell=lambda percent, step: None).version
            hashes.append((trained.data_hash, trained.rows, trained.metrics))
        if len(hashes) == 1:
            with tenant_context(chicago):
                fill(machines=2, days=30, habit=WORN)
    assert hashes[0] == hashes[1]
