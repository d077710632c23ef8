"""What a person says of an anomaly."""

from __future__ import annotations

from typing import Any

from django.utils import timezone as clock

from amis.errors import NotFound
from analytics.models import Anomaly
from analytics.selectors.answers import answers_changed

VERDICTS = {
    "confirm": Anomaly.Status.CONFIRMED,
    "dismiss": Anomaly.Status.DISMISSED,
    "reopen": Anomaly.Status.OPEN,
}


def judge_anomaly(*, anomaly_id: str, verdict: str, user: Any) -> Anomaly:
    """Store a verdict with who gave it; the last one counts. Raises NotFound."""
    status = VERDICTS.get(verdict)
    is_number = anomaly_id.isascii() and anomaly_id.isdigit() and len(anomaly_id) < 18
    found = Anomaly.objects.select_related("machine")
    row = found.filter(pk=int(anomaly_id)).first() if is_number and status else None
    if row is None:
        raise NotFound("There is no anomaly with this id.")
    row.status, row.decided_at = status, clock.now()
    row.decided_by, row.decided_user_id = str(user), user.pk
    row.save(update_fields=["status", "decided_at", "decided_by", "decided_user_id"])
    answers_changed()
    return row
