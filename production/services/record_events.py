"""Telling everybody who watches a plant that shift records changed."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from operator import attrgetter

from django.db import connection, transaction
from django.db.models import Q

from production.models import ProductionRecord
from production.selectors.records import newest_first, record_rows
from tenants.live import publish

# A page that missed an import of years asks for the list anew; events are for what happens now.
MOST_TOLD = 20
# A record that was copied in does not know its row id.
KEY = ("machine_id", "production_date", "shift", "source")


def tell_records(records: Iterable[ProductionRecord]) -> None:
    """After the commit, a `record` event for the newest of these that count."""
    counting = (record for record in records if record.effective)
    newest = nlargest(MOST_TOLD, counting, key=attrgetter("shift_start"))
    if not newest:
        return
    schema = connection.schema_name
    these = Q()
    for record in newest:
        these |= Q(**{name: getattr(record, name) for name in KEY})
    rows = record_rows(newest_first(ProductionRecord.objects.filter(these)))
    for row in rows:
        row |= {name: row[name].isoformat() for name in ("production_date", "updated_at")}

    def after_commit() -> None:
        for row in reversed(rows):
            publish(schema, "record", row)

    transaction.on_commit(after_commit)
