"""The wire's table: what may be asked of a plant, by whom at least, and what the answer holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client

CHICAGO, LYON, BASE = "plant-chicago.amis.localhost", "plant-lyon.amis.localhost", "amis.localhost"
JOB_ID = "00000000-0000-4000-8000-000000000007"
VERSION_ID = 7_000_007
REPORT_ID = 7_000_008
DAY = datetime(2026, 2, 7, 12, tzinfo=UTC)
KPI = {
    "units_produced", "good_units", "defective_units", "yield", "defect_rate", "downtime_min",
    "pot_min", "pbt_min", "apt_min", "aust_min", "adet_min", "adot_min", "no_data_min",
    "unassigned_min", "availability", "effectiveness", "quality_ratio", "oee", "throughput_per_h",
    "mtbf_min", "mttr_min", "data_coverage", "data_version", "reasons",
}  # fmt: skip
HEAD = {"tenant_id", "timezone", "days", "from", "to", "machine_id"}
PAGE = {"count", "next", "previous", "results"}
JOB = {"id", "kind", "state", "percent", "step", "message", "eta_s", "result_url"}
ROW = {"production_date": "2026-02-07", "machine_id": "m001", "shift": "day",
       "units_produced": 370, "defective_units": 15, "downtime_min": 63}  # fmt: skip
NEW_MACHINE = {"machine_id": "M900", "machine_name": "Saw", "machine_type": "Saw", "capacity": 480}
NEW_MEMBER = {"user_id": "dora", "user_name": "Dora", "user_email": "dora@amis.example",
              "role": "viewer"}  # fmt: skip

NAMED = {
    "/M001/": "/{machine_id}/", JOB_ID: "{job_id}", "stops/7/": "stops/{stop_id}/",
    "anomalies/7/confirm": "anomalies/{anomaly_id}/{verdict}",
    f"models/{VERSION_ID}/": "models/{version_id}/", f"reports/{REPORT_ID}": "reports/{report_id}",
}  # fmt: skip
"""What stands in a path where the schema has a name."""
NEXT_SHIFT = {
    "status", "predicted_downtime_next_shift", "median_min", "expected_min", "interval_80",
    "interval_95", "model_confidence_score", "risk_assessment", "feature_importance",
    "anomalies_detected", "recommendations", "guard", "skill_vs_naive", "model_version", "shift",
    "issued_at", "missing", "ready_at",
}  # fmt: skip
ADVANCED = {
    "status", "metric", "lstm_forecast", "prophet_forecast", "ensemble_forecast",
    "forecast_periods", "dates", "quantiles", "weights", "model_info", "backtest", "missing",
    "ready_at",
}  # fmt: skip
VERSION = {
    "id", "task", "version", "status", "members", "weights", "metrics", "guard", "guard_reason",
    "skill_vs_naive", "as_of", "data_from", "data_to", "data_hash", "code_hash", "rows",
    "promoted_at", "promoted_by", "promoted_why", "verdict", "created_at",
}  # fmt: skip
ANOMALY = {
    "id", "machine_id", "machine_name", "grain", "start", "end", "score", "text", "expected",
    "signals", "status", "decided_by", "decided_at",
}  # fmt: skip

INSIGHT = {
    "strategic_insights", "maintenance_plan", "maintenance_plan_items", "quality_insights",
    "quality_items", "ml_analysis", "source", "verified", "facts", "citations", "generated_at",
}  # fmt: skip
PLAN = {"maintenance_plan", "maintenance_plan_items", "source", "generated_at"}
REPORT = {
    "id", "kind", "plant_date", "from", "to", "made_at", "state", "late", "files", "deliveries",
}  # fmt: skip
SCHEDULE = {"enabled", "time", "weekdays", "recipients", "formats", "next_at"}


@dataclass(frozen=True)
class Call:
    """One line of the wire's table: what is asked, by which role at least, and the answer's
    keys.
    """

    path: str
    keys: set[str]
    method: str = "get"
    body: Any = None
    lowest: str = "viewer"
    status: int = 200

    @property
    def route(self) -> str:
        """The path as the schema writes it."""
        route = self.path.partition("?")[0]
        for given, name in NAMED.items():
            route = route.replace(given, name)
        return f"/api/{route}"

    def send(self, client: Client, path: str, **headers: str):
        if self.method == "get":
            return client.get(path, **headers)
        ask = getattr(client, self.method)
        return ask(path, json.dumps(self.body), content_type="application/json", **headers)


CALLS = [
    Call("kpis", HEAD | KPI | {"machines"}),
    Call("kpis?days=30&group_by=day&machine_id=M001", HEAD | KPI | {"machines", "groups"}),
    Call("production?from=2026-02-01&to=2026-03-01", PAGE),
    Call("machines?limit=1", PAGE),
    Call("machines/live", {"time", "machines"}),
    Call("machines/register", {*NEW_MACHINE, "line", "area", "active", "metadata"}, "post",
         NEW_MACHINE, "engineer", 201),
    Call("machines/M001/series?points=50", {"machine_id", "from", "to", "series"}),
    Call("websocket/status", {"status", "path", "active_connections", "update_interval_s",
                              "last_event_at", "sequence"}),
    Call(f"jobs/{JOB_ID}", JOB),
    Call(f"jobs/{JOB_ID}/cancel", JOB, "post", lowest="supervisor"),
    Call("production/submit", {"received", "created", "updated", "unchanged"}, "post", [ROW],
         lowest="supervisor"),
    Call("stops?days=365&kind=delay", PAGE),
    Call("data-issues?days=365&kind=gap", PAGE),
    Call("targets", PAGE),
    Call("ai/costs", PAGE),
    Call("stops/7/reason", {"id", "machine_id", "start", "end", "state", "cause", "reason", "note",
                            "reason_by"}, "post", {"reason": "jam", "note": ""}, "operator"),
    Call("ml/forecast", NEXT_SHIFT | {"machines"}),
    Call("ml/forecast?days=30&machine_id=M001", NEXT_SHIFT),
    Call("ml/forecast-advanced?days=30&metric=downtime_min", ADVANCED),
    Call("ml/forecast-advanced?machine_id=M001&metric=oee", ADVANCED),
    Call("ml/anomalies?days=365&status=open", PAGE),
    Call("ml/anomalies/7/confirm", ANOMALY, "post", lowest="operator"),
    Call("ml/models?task=downtime", PAGE),
    Call(f"ml/models/{VERSION_ID}/promote", VERSION, "post", lowest="manager"),
    Call("ml/scorecard?days=365", PAGE),
    Call("ml/scorecard?task=forecast&limit=5", PAGE),
    Call("ml/train", JOB, "post", {"task": "downtime"}, "supervisor", 202),
    Call("ml/rollback", VERSION, "post", {"task": "downtime"}, "manager"),
    Call("ai/insights?days=7", INSIGHT),
    Call("ai/insights", JOB, "post", {"days": 7}, "supervisor", 202),
    Call("ai/maintenance-plan?days=30", PLAN),
    Call("ai/calls", PAGE),
    Call("reports", PAGE),
    Call("reports", JOB, "post", {"from": "2026-02-07", "to": "2026-02-08"}, "supervisor", 202),
    Call(f"reports/{REPORT_ID}", REPORT),
    Call("reports/schedule", SCHEDULE),
    Call("users/grant-access", {"user_id", "tenant_id", "role", "created", "invited"}, "post",
         NEW_MEMBER, "manager"),
    Call("reports/schedule", SCHEDULE, "put", {"time": "07:30"}, "manager"),
]  # fmt: skip
