"""Whoever runs the installation may look into every plant; each plant is told of it."""

from __future__ import annotations

import logging

import redis

from tenants.live import plant_key, valkey
from tenants.models import AccessLog, User
from tenants.permissions import Place
from tenants.services.audit import note

log = logging.getLogger(__name__)
ONCE_IN_S = 3600


def note_entry(user: User, place: Place) -> None:
    """Write down that somebody without a role of the plant's is in it, once an hour each.

    Without Valkey every request writes its line: rather many than none.
    """
    if not place.is_platforms:
        return
    key = plant_key(place.tenant.schema_name, f"entered:{user.pk}")
    try:
        is_first = bool(valkey().set(key, 1, nx=True, ex=ONCE_IN_S))
    except redis.RedisError as error:
        log.warning("Valkey does not answer (%s): every entry is noted.", type(error).__name__)
        is_first = True
    if is_first:
        note(AccessLog.Action.ENTERED, user=user, tenant_id=place.tenant.tenant_id)
