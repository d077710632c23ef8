"""Taking a plant away with all that is kept of it, so that its id can be made again, empty."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.policy import default

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django_celery_beat.models import PeriodicTask

from tenants import grants, live
from tenants.models import Domain, Membership, Tenant
from tenants.sessions import HOST_KEY

# What cannot be had by then, because somebody reads the plant's tables, is tried again later.
WAIT_FOR_TABLES = "SET LOCAL lock_timeout = '5s'"


def order_deletion(tenant: Tenant) -> bool:
    """From now on nobody enters the plant; the next look of the owner's login takes it away. False
    where somebody has ordered it already.
    """
    going, schema = Tenant.Status.DELETING, tenant.schema_name
    ordered = Tenant.objects.filter(pk=tenant.pk).exclude(status=going).update(status=going)
    if ordered:
        transaction.on_commit(lambda: live.withdraw(schema))
    return bool(ordered)


def delete_tenant(tenant: Tenant) -> bool:
    """Files, keys, schema, role, shared rows. Needs the owner's login; nobody works in the plant.

    Whoever is killed over it leaves the row, and with it the order; to repeat is harmless. False
    where that was not ordered, or where another process is at it.
    """
    with transaction.atomic():
        ordered = Tenant.objects.filter(pk=tenant.pk, status=Tenant.Status.DELETING)
        if ordered.select_for_update(skip_locked=True).first() is None:
            return False
        _delete_keys(tenant.schema_name)
        _delete_files(tenant)
        _delete_letters(_hosts(tenant))
        with connection.cursor() as cursor:
            cursor.execute(WAIT_FOR_TABLES)
        grants.drop_schema(tenant.schema_name)
        grants.drop_role(tenant)
        _delete_shared_rows(tenant)
    # Again, after the last who could write one.
    _delete_keys(tenant.schema_name)
    return True


def _delete_files(tenant: Tenant) -> None:
    for folder in settings.PLANT_FOLDERS:
        with suppress(FileNotFoundError):
            shutil.rmtree(folder / tenant.schema_name)


def _delete_letters(hosts: set[str]) -> None:
    """The demo's post keeps what was mailed; each letter leads to its plant's host."""
    for path in settings.MAIL_DIR.glob("*.eml"):
        letter = message_from_bytes(path.read_bytes(), policy=default)
        texts = (p.get_content() for p in letter.walk() if p.get_content_maintype() == "text")
        if any(f"//{host}" in text for text in texts for host in hosts):
            path.unlink(missing_ok=True)


def _delete_keys(schema: str) -> None:
    """Each begins with the plant's id; one that ends with it may be another plant's."""
    store = live.valkey()
    found = list(store.scan_iter(match=live.plant_key(schema, "*"), count=1000))
    if found:
        store.delete(*found)


def _delete_shared_rows(tenant: Tenant) -> None:
    named = f'"_schema_name": "{tenant.schema_name}"'
    PeriodicTask.objects.filter(headers__contains=named).delete()
    for rows in _told_of(tenant):
        kind = ContentType.objects.get_for_model(rows.model)
        ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
        LogEntry.objects.filter(content_type=kind, object_id__in=ids).delete()
    hosts = _hosts(tenant)
    sessions = Session.objects.iterator()
    over = [one.pk for one in sessions if one.get_decoded().get(HOST_KEY) in hosts]
    Session.objects.filter(pk__in=over).delete()
    tenant.delete()


def _hosts(tenant: Tenant) -> set[str]:
    return set(tenant.domains.values_list("domain", flat=True))


def _told_of(tenant: Tenant) -> Iterator[QuerySet[Model]]:
    """Rows whose names the admin's history repeats."""
    yield Tenant.objects.filter(pk=tenant.pk)
    yield Domain.objects.filter(tenant=tenant)
    yield Membership.objects.filter(tenant=tenant)
