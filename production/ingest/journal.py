"""What the collector writes down about a connection: status, outages, oddities of its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from production.ingest.validate import Flag, instant
from production.models import Connection, DataIssue, Outage, Signal

ONE_ISSUE_WITHIN = timedelta(seconds=60)
"""Oddities of one kind that are no further apart belong to one issue."""

UNHEARD_AFTER = timedelta(seconds=10)
"""A collector that was away for less leaves no outage: the server's queue bridges it."""

LAST_STORED = """
SELECT ids.id, (extract(epoch FROM last.source_timestamp) * 1000000)::bigint
FROM unnest(%s::bigint[]) AS ids(id), LATERAL (
  SELECT source_timestamp FROM production_sample
  WHERE signal_id = ids.id AND source_timestamp <= clock_timestamp()
  ORDER BY source_timestamp DESC LIMIT 1) AS last"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two samples of a signal nobody listened; what it did meanwhile is unknown.

    `unheard_us` is when listening ended: an old value may have held until then.
    """

    signal_pk: int
    last_stored_us: int
    unheard_us: int
    first_new_us: int


def set_status(*, connection_pk: int, status: str, detail: str = "") -> None:
    Connection.objects.filter(pk=connection_pk).update(status=status, status_detail=detail)


def set_seen(*, connection_pk: int, at: datetime) -> None:
    Connection.objects.filter(pk=connection_pk).update(last_seen_at=at)


def park_certificate(*, connection_pk: int, certificate: bytes, detail: str) -> None:
    """Keep a certificate for approval; the collector goes on only when somebody approved it."""
    row = Connection.objects.get(pk=connection_pk)
    row.status, row.status_detail = Connection.Status.PARKED, detail
    known = row.parked_certificate is not None and bytes(row.parked_certificate) == certificate
    row.parked_certificate = certificate
    row.save(update_fields=["status", "status_detail", "parked_certificate"])
    if not known:
        DataIssue.objects.create(
            connection=row,
            kind=DataIssue.Kind.CERTIFICATE_PARKED,
            started_at=datetime.now(UTC),
            detail=detail,
        )


def end_parking(*, connection_pk: int) -> None:
    """The server's certificate was approved, or is not asked for any more."""
    waiting = DataIssue.objects.filter(
        connection_id=connection_pk, kind=DataIssue.Kind.CERTIFICATE_PARKED, ended_at__isnull=True
    )
    waiting.update(ended_at=datetime.now(UTC))


def open_outage(*, connection_pk: int, since: datetime) -> None:
    """The connection is not heard since then; an outage that is open already goes on."""
    try:
        with transaction.atomic():
            Outage.objects.create(connection_id=connection_pk, started_at=since)
    except IntegrityError:
        return


def open_outage_since_seen(*, connection_pk: int, longer_than: timedelta = timedelta()) -> None:
    """Nobody has collected since the connection was last seen: that is an outage, too."""
    seen = Connection.objects.values_list("last_seen_at", flat=True).get(pk=connection_pk)
    if seen is not None and datetime.now(UTC) - seen > longer_than:
        open_outage(connection_pk=connection_pk, since=seen)


def close_outage(*, connection_pk: int, at: datetime) -> None:
    for outage in Outage.objects.filter(connection_id=connection_pk, ended_at__isnull=True):
        outage.ended_at = max(at, outage.started_at)
        outage.save(update_fields=["ended_at"])


def last_stored(*, signal_pks: Sequence[int]) -> dict[int, int]:
    """The newest stored source time of each signal, in microseconds; none that is still to come."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_STORED, [list(signal_pks)])
        return dict(cursor.fetchall())


def set_signal_texts(texts: Mapping[int, str]) -> None:
    """A node's last bad status, or nothing since it is well again."""
    for pk, text in texts.items():
        Signal.objects.filter(pk=pk).update(status_text=text[:200])


def record_missing_nodes(*, connection_pk: int, faults: Mapping[int, str]) -> None:
    """Nodes that the server does not offer; an issue is open until the node is found."""
    now = datetime.now(UTC)
    open_issues = DataIssue.objects.filter(
        connection_id=connection_pk, kind=DataIssue.Kind.NODE_MISSING, ended_at__isnull=True
    )
    missing = set(open_issues.values_list("signal_id", flat=True))
    found = missing - set(faults)
    open_issues.filter(signal_id__in=found).update(ended_at=now)
    DataIssue.objects.bulk_create(
        DataIssue(
            signal_id=pk,
            connection_id=connection_pk,
            kind=DataIssue.Kind.NODE_MISSING,
            started_at=now,
            detail=reason,
        )
        for pk, reason in faults.items()
        if pk not in missing
    )
    set_signal_texts({**dict.fromkeys(found, ""), **faults})


def record_gaps(*, connection_pk: int, gaps: Sequence[Gap]) -> None:
    DataIssue.objects.bulk_create(
        [
            DataIssue(
                signal_id=gap.signal_pk,
                connection_id=connection_pk,
                kind=DataIssue.Kind.GAP,
                started_at=instant(gap.unheard_us),
                ended_at=instant(gap.first_new_us),
            )
            for gap in gaps
        ],
        ignore_conflicts=True,
    )


def record_overflow(*, connection_pk: int, dropped: int, reason: str) -> None:
    """Values that the collector itself had to drop."""
    now = datetime.now(UTC)
    issue = (
        DataIssue.objects.filter(
            connection_id=connection_pk,
            signal__isnull=True,
            kind=DataIssue.Kind.OVERFLOW,
            ended_at__gte=now - ONE_ISSUE_WITHIN,
        )
        .order_by("-ended_at")
        .first()
    )
    issue = issue or DataIssue(
        connection_id=connection_pk,
        kind=DataIssue.Kind.OVERFLOW,
        started_at=now,
        sample_count=0,
        detail=reason,
    )
    issue.ended_at, issue.sample_count = now, (issue.sample_count or 0) + dropped
    issue.save()


def record_flags(*, connection_pk: int, flags: Sequence[Flag]) -> None:
    """Extend the running issue of a signal and kind, or begin one: never a row a sample."""
    running = _running(flags)
    for flag in flags:
        first, last = instant(flag.first_us), instant(flag.last_us)
        issue = running.get((flag.signal_pk, flag.kind))
        if issue is None or (issue.ended_at or last) + ONE_ISSUE_WITHIN < first:
            issue, _ = DataIssue.objects.get_or_create(
                signal_id=flag.signal_pk,
                kind=flag.kind,
                started_at=first,
                defaults={"connection_id": connection_pk, "sample_count": 0},
            )
        issue.ended_at = max(last, issue.ended_at or last)
        issue.sample_count = (issue.sample_count or 0) + flag.count
        issue.detail = flag.detail or issue.detail
        issue.save(update_fields=["ended_at", "sample_count", "detail"])


def _running(flags: Sequence[Flag]) -> dict[tuple[int, str], DataIssue]:
    """The newest issue of each signal and kind."""
    rows = (
        DataIssue.objects.filter(
            signal_id__in={flag.signal_pk for flag in flags},
            kind__in={flag.kind for flag in flags},
        )
        .order_by("signal_id", "kind", "-started_at")
        .distinct("signal_id", "kind")
    )
    return {(row.signal_id, row.kind): row for row in rows} if flags else {}
