"""Which version of each model spoke."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analytics.selectors.outlook import model_versions
from analytics.services.registry import in_force
from reports.document.outlook import ModelRow
from reports.selectors.content.sheet import Sheet

TASKS = {
    "downtime": "Downtime of the next shift",
    "forecast": "Daily forecasts",
    "anomaly": "Anomalies",
}


def models_of(sheet: Sheet) -> tuple[ModelRow, ...]:
    """The versions that served when it was said what is to come."""
    rows = []
    for task, name in TASKS.items():
        serving = in_force(task, sheet.moment)
        versions = model_versions(task) if serving is not None else []
        for one in versions:
            if serving is not None and one.pk == serving.pk:
                row = ModelRow(
                    task=_(name),
                    number=one.number,
                    trained_at=one.trained_at,
                    history_days=one.history_days,
                    error=one.error,
                    naive_error=one.naive_error,
                    unit=one.unit,
                    why=one.why,
                )
                rows.append(row)
    return tuple(rows)
