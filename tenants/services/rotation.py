"""Sealing every secret anew with the newest key, so that the older ones can be thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django_tenants.utils import schema_context

from tenants.models import Tenant
from tenants.secrets import Locked, SealedField, WrongKey, seal, unseal
from tenants.services.migrations import HAVE_A_SCHEMA, PUBLIC

FACTOR_SECRETS = {"secret", "seed"}


@dataclass(frozen=True, slots=True)
class Rotated:
    """What one schema held: secrets under the newest key now, and those that no key opens."""

    schema: str
    sealed: int
    locked: tuple[str, ...]


def rotate_secrets() -> Iterator[Rotated]:
    """Schema by schema; one that was stopped can be run again."""
    yield _rotate_factors()
    plants = Tenant.objects.filter(status__in=HAVE_A_SCHEMA).order_by("schema_name")
    for schema in list(plants.values_list("schema_name", flat=True)):
        yield _rotate(schema, settings.TENANT_APPS)


@transaction.atomic
def _rotate_factors() -> Rotated:
    """Secrets of authenticators and seeds of recovery codes, which lie in the public schema."""
    sealed, locked = 0, []
    for row in Authenticator.objects.select_for_update().order_by("pk"):
        for key in FACTOR_SECRETS & row.data.keys():
            try:
                row.data[key] = seal(unseal(row.data[key]))
            except WrongKey:
                locked.append(f"{row.type} of user {row.user_id}")
                continue
            row.save(update_fields=["data"])
            sealed += 1
    return Rotated(PUBLIC, sealed, tuple(locked))


def _rotate(schema: str, labels: list[str]) -> Rotated:
    sealed, locked = 0, []
    with schema_context(schema), transaction.atomic():
        for model, field in _sealed_fields(labels):
            rows = model._default_manager.exclude(**{field: ""}).select_for_update()
            for row in rows.only(field).order_by("pk"):
                if isinstance(getattr(row, field), Locked):
                    locked.append(f"{model._meta.verbose_name} {row.pk}")
                    continue
                row.save(update_fields=[field])
                sealed += 1
    return Rotated(schema, sealed, tuple(locked))


def _sealed_fields(labels: list[str]) -> Iterator[tuple[type[models.Model], str]]:
    for config in apps.get_app_configs():
        if config.name not in labels:
            continue
        for model in config.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, SealedField):
                    yield model, field.name
