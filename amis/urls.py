"""Every route of every host; which plant is meant is settled before a route is looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ai_insights.api.costs import CostList
from ai_insights.api.insights import Calls, Insights, MaintenancePlan
from ai_insights.views import insights, sent
from amis import views
from amis.admin import site
from analytics.api.anomalies import Anomalies, Judge
from analytics.api.corporate import CorporateSummary
from analytics.api.kpis import Kpis, Machines
from analytics.api.predictions import Advanced, NextShift
from analytics.api.registry import Models, Promote, RollBack, Scorecard, Train
from analytics.api.targets import Targets
from analytics.views import anomalies, corporate, forecast, machine, models, risk
from production.api.data_issues import DataIssues
from production.api.jobs import JobCancel, JobDetail
from production.api.live import MachinesLive, SocketStatus
from production.api.machines import Register
from production.api.plants import TenantCreate, TenantLife
from production.api.records import Production, Submit
from production.api.series import Series
from production.api.stop_list import Stops
from production.api.stops import StopReason
from production.views import setup
from reports.api.files import LatestReport, ReportDownload
from reports.api.reports import ReportDetail, Reports
from reports.api.schedule import Schedule
from reports.views import reports
from tenants.api.export import Export
from tenants.api.members import GrantAccess, MemberDetail, UserTenants
from tenants.api.plants import Resume, Suspend, Tenants
from tenants.pages.audit import audit
from tenants.pages.members import members
from tenants.pages.tokens import tokens

handler400 = "amis.views.bad_request"
handler403 = "amis.views.forbidden"
handler404 = "amis.views.not_found"
handler500 = "amis.views.server_error"


def both(route: str, view: Callable[..., Any], name: str | None = None) -> list[URLPattern]:
    """A route with and without the slash at its end, neither of which redirects."""
    return [path(f"{route}/", view), path(route, view, name=name)]


plant_routes = [
    *both("kpis", Kpis.as_view()),
    *both("production", Production.as_view()),
    *both("production/submit", Submit.as_view()),
    *both("machines", Machines.as_view()),
    *both("machines/live", MachinesLive.as_view()),
    *both("machines/register", Register.as_view()),
    *both("machines/<path:machine_id>/series", Series.as_view()),
    *both("users/grant-access", GrantAccess.as_view()),
    *both("users/<str:user_id>", MemberDetail.as_view()),
    *both("websocket/status", SocketStatus.as_view()),
    *both("jobs/<str:job_id>", JobDetail.as_view()),
    *both("jobs/<str:job_id>/cancel", JobCancel.as_view()),
    *both("stops", Stops.as_view()),
    *both("stops/<str:stop_id>/reason", StopReason.as_view()),
    *both("data-issues", DataIssues.as_view()),
    *both("targets", Targets.as_view()),
    *both("ai/costs", CostList.as_view()),
    *both("ml/forecast", NextShift.as_view()),
    *both("ml/forecast-advanced", Advanced.as_view()),
    *both("ml/anomalies", Anomalies.as_view()),
    *both("ml/anomalies/<str:anomaly_id>/<str:verdict>", Judge.as_view()),
    *both("ml/models", Models.as_view()),
    *both("ml/models/<str:version_id>/promote", Promote.as_view()),
    *both("ml/scorecard", Scorecard.as_view()),
    *both("ml/train", Train.as_view()),
    *both("ml/rollback", RollBack.as_view()),
    *both("ai/insights", Insights.as_view()),
    *both("ai/maintenance-plan", MaintenancePlan.as_view()),
    *both("ai/calls", Calls.as_view()),
    *both("reports", Reports.as_view()),
    *both("reports/latest", LatestReport.as_view()),
    *both("reports/schedule", Schedule.as_view()),
    *both("reports/<str:report_id>", ReportDetail.as_view()),
    *both("reports/<str:report_id>/<str:form>", ReportDownload.as_view()),
]
urlpatterns = [
    path("", views.front, name="overview"),
    *both("healthz", views.healthz),
    *both("readyz", views.readyz),
    *both("metrics", views.metrics),
    *both("api/health", views.Health.as_view()),
    *both("api/tenants/list", Tenants.as_view()),
    *both("api/tenants/create", TenantCreate.as_view()),
    *both("api/tenants/<str:tenant_id>", TenantLife.as_view()),
    *both("api/tenants/<str:tenant_id>/export", Export.as_view()),
    *both("api/tenants/<str:tenant_id>/suspend", Suspend.as_view()),
    *both("api/tenants/<str:tenant_id>/resume", Resume.as_view()),
    *both("api/users/<str:user_id>/tenants", UserTenants.as_view()),
    *both("api/corporate/summary", CorporateSummary.as_view()),
    *both("api/schema", SpectacularAPIView.as_view(), name="schema"),
    *both("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/", include(plant_routes)),
    path("api/tenants/<str:tenant_id>/", include(plant_routes)),
    path("accounts/", include("tenants.urls")),
    path("admin/", site.urls),
    *both("machines/<path:machine_id>", views.on_plant(machine), name="machine"),
    *both("risk", views.on_plant(risk), name="risk"),
    *both("forecast", views.on_plant(forecast), name="forecast"),
    *both("anomalies", views.on_plant(anomalies), name="anomalies"),
    *both("models", views.on_plant(models), name="models"),
    *both("insights", views.on_plant(insights), name="insights"),
    *both("insights/sent", views.on_plant(sent), name="insights_sent"),
    *both("corporate", views.of_all_plants(corporate), name="corporate"),
    *both("reports", views.on_plant(reports), name="reports"),
    *both("settings", views.on_plant(setup), name="settings"),
    *both("settings/members", members),
    *both("settings/tokens", tokens),
    *both("settings/audit", audit),
]
