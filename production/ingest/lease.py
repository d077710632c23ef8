"""Which worker talks to which connection: an owner and an expiry, by the database's clock."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from production.models import Connection

LEASE_S = 7.0
"""A dead worker's connections are free after this; together with one look they move within 10 s."""

RENEW = """
UPDATE production_connection SET lease_expires_at = clock_timestamp() + %s * interval '1 s'
WHERE lease_owner = %s AND enabled RETURNING id, revision"""
CLAIM = """
UPDATE production_connection
SET lease_owner = %s, lease_expires_at = clock_timestamp() + %s * interval '1 s'
WHERE id IN (
  SELECT id FROM production_connection
  WHERE enabled AND lease_owner <> %s
    AND (lease_owner = '' OR lease_expires_at IS NULL OR lease_expires_at < clock_timestamp())
  ORDER BY random()
  LIMIT %s + (SELECT count(*) FROM production_connection
              WHERE enabled AND lease_owner <> '' AND lease_expires_at < clock_timestamp())
  FOR UPDATE SKIP LOCKED)
RETURNING id, revision"""
RELEASE = """
UPDATE production_connection
SET lease_owner = '', lease_expires_at = NULL, status = 'waiting', status_detail = ''
WHERE lease_owner = %s AND id = ANY(%s)"""


def hold_leases(*, owner: str, claim_at_most: int) -> dict[int, int]:
    """Renew what `owner` holds, take some of what is free; returns {connection id: revision}.

    Few are taken at a time, so that workers that start together share; but of what a dead worker
    held all, because its machines wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(RENEW, [LEASE_S, owner])
        held = dict(cursor.fetchall())
        cursor.execute(CLAIM, [owner, LEASE_S, owner, claim_at_most])
        held.update(cursor.fetchall())
    return held


def has_connections() -> bool:
    """Whether there is anything in the plant that somebody is to collect from."""
    return bool(Connection.objects.filter(enabled=True).exists())


def release_leases(*, owner: str, connection_pks: Iterable[int]) -> None:
    """Give connections back, so that another worker takes them at its next look."""
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [owner, list(connection_pks)])
