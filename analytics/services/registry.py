"""Versions of models: kept, promoted with their evidence, rolled back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone as clock

from amis.errors import Conflict, NotFound
from analytics.models import ModelArtefact, ModelVersion, Promotion
from analytics.selectors.answers import answers_changed

ROOMS = {"downtime": "ml", "forecast": "forecasting", "anomaly": "ml/anomaly"}
BY_RULE = "AMIS"


def champion(task: str) -> ModelVersion | None:
    """The version that serves."""
    return ModelVersion.objects.filter(task=task, status=ModelVersion.Status.CHAMPION).first()


def challenger(task: str) -> ModelVersion | None:
    """The version that is scored beside the champion."""
    status = ModelVersion.Status.CHALLENGER
    return ModelVersion.objects.filter(task=task, status=status).order_by("-number").first()


@transaction.atomic
def keep_version(
    *, task: str, as_of: datetime, data_hash: str, parts: Mapping[str, bytes], facts: dict[str, Any]
) -> ModelVersion:
    """Store a trained model as a challenger; the stored one where this training was done before."""
    one_at_a_time(task)
    same = {"task": task, "as_of": as_of, "code_hash": code_hash(task), "data_hash": data_hash}
    known = ModelVersion.objects.filter(**same).first()
    if known is not None:
        return known
    versions = ModelVersion.objects.filter(task=task)
    newest = versions.aggregate(newest=Max("number"))["newest"] or 0
    version = ModelVersion.objects.create(**same, number=newest + 1, **facts)
    ModelArtefact.objects.bulk_create(
        ModelArtefact(version=version, name=name, content=content)
        for name, content in sorted(parts.items())
    )
    return version


def parts_of(version: ModelVersion) -> dict[str, bytes]:
    """A version's files."""
    rows = version.artefacts.values_list("name", "content")
    return {name: bytes(content) for name, content in rows}


@transaction.atomic
def promote(version: ModelVersion, *, by: str, why: str, verdict: dict[str, Any]) -> ModelVersion:
    """Let a version serve from now on; the one before retires."""
    one_at_a_time(version.task)
    status = ModelVersion.Status
    serving = ModelVersion.objects.filter(task=version.task, status=status.CHAMPION)
    serving.exclude(pk=version.pk).update(status=status.RETIRED)
    version.status, version.verdict = status.CHAMPION, verdict
    version.save(update_fields=["status", "verdict"])
    Promotion.objects.create(version=version, at=clock.now(), by=by, why=why)
    answers_changed()
    return version


def in_force(task: str, instant: datetime) -> ModelVersion | None:
    """The version that served at an instant; None before the first promotion."""
    promotions = Promotion.objects.filter(version__task=task, at__lte=instant)
    newest = promotions.select_related("version").order_by("-at", "-pk").first()
    return newest.version if newest else None


def speaker(task: str, as_of: datetime) -> ModelVersion | None:
    """Whose word counts as of an instant: the version that served then, as a replay finds it.

    Before the first promotion the one that serves, if it knows nothing later than the instant.
    """
    then = in_force(task, as_of)
    if then is not None:
        return then
    serving = champion(task)
    return serving if serving is not None and serving.as_of <= as_of else None


@transaction.atomic
def refuse(version: ModelVersion, *, verdict: dict[str, Any]) -> None:
    """Keep a version as the one challenger that is scored beside the champion."""
    one_at_a_time(version.task)
    status = ModelVersion.Status
    others = ModelVersion.objects.filter(task=version.task, status=status.CHALLENGER)
    others.exclude(pk=version.pk).update(status=status.RETIRED)
    ModelVersion.objects.filter(pk=version.pk).update(status=status.CHALLENGER, verdict=verdict)


def roll_back(task: str, *, by: str) -> ModelVersion:
    """Let the version serve that served before. Raises Conflict where none did."""
    now = champion(task)
    others = Promotion.objects.filter(version__task=task).exclude(version=now)
    earlier = others.select_related("version").order_by("-at", "-pk").first()
    if now is None or earlier is None:
        raise Conflict("No version served before this one: there is nothing to go back to.")
    why = f"Rolled back from version {now.number}."
    return promote(earlier.version, by=by, why=why, verdict=earlier.version.verdict)


def promote_by_person(version_id: str, *, by: str) -> ModelVersion:
    """A person lets a version serve. Raises NotFound, and Conflict for the one that serves."""
    is_number = version_id.isascii() and version_id.isdigit() and len(version_id) < 18
    version = ModelVersion.objects.filter(pk=int(version_id)).first() if is_number else None
    if version is None:
        raise NotFound("There is no such model version.")
    if version.status == ModelVersion.Status.CHAMPION:
        raise Conflict(f"Version {version.number} serves already.")
    return promote(version, by=by, why=f"Chosen by {by}.", verdict=version.verdict)


def version_named(task: str, number: int) -> ModelVersion:
    """Raises NotFound."""
    version = ModelVersion.objects.filter(task=task, number=number).first()
    if version is None:
        raise NotFound("There is no such model version.")
    return version


@lru_cache(maxsize=8)
def code_hash(task: str) -> str:
    """Names the maths that trained a version: a change of it is another version."""
    room = Path(__file__).resolve().parent.parent / ROOMS[task]
    digest = hashlib.sha256()
    for path in sorted(room.rglob("*.py")):
        digest.update(path.relative_to(room).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def hash_of(*arrays: Any) -> str:
    """Names the data that a version was trained on, by content."""
    digest = hashlib.sha256()
    for one in arrays:
        digest.update(one.tobytes() if hasattr(one, "tobytes") else json.dumps(one).encode())
    return digest.hexdigest()


def one_at_a_time(name: str) -> None:
    """Until the end of the transaction, others in this plant that name the same wait here."""
    with connection.cursor() as cursor:
        key = f"{connection.schema_name}:{name}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [key])
