"""Every route of the installation and the lowest that opens it, written down from the wire's table,
beside the code and not out of it.

A role means that role or one above it in the plant; `platform` is a platform administrator,
`corporate` a corporate viewer or somebody with a role in any plant, `anybody` whoever is signed in,
`open` everybody.
"""

from __future__ import annotations

ROLES = ("viewer", "operator", "supervisor", "engineer", "manager", "admin")
SCOPES = {"viewer": "read", "operator": "submit", "supervisor": "submit"}
"""The scope that a key needs for what asks for this role; above them it is `manage`."""
MANAGER = {"GET": "manager", "POST": "manager"}

IN_A_PLANT: dict[str, dict[str, str]] = {
    "kpis": {"GET": "viewer"},
    "production": {"GET": "viewer"},
    "production/submit": {"POST": "supervisor"},
    "machines": {"GET": "viewer"},
    "machines/live": {"GET": "viewer"},
    "machines/register": {"POST": "engineer"},
    "machines/<path:machine_id>/series": {"GET": "viewer"},
    "websocket/status": {"GET": "viewer"},
    "jobs/<str:job_id>": {"GET": "viewer"},
    "jobs/<str:job_id>/cancel": {"POST": "supervisor"},
    "stops": {"GET": "viewer"},
    "stops/<str:stop_id>/reason": {"POST": "operator"},
    "data-issues": {"GET": "viewer"},
    "targets": {"GET": "viewer"},
    "ai/costs": {"GET": "viewer"},
    "ai/insights": {"GET": "viewer", "POST": "supervisor"},
    "ai/maintenance-plan": {"GET": "viewer"},
    "ai/calls": {"GET": "viewer"},
    "ml/forecast": {"GET": "viewer"},
    "ml/forecast-advanced": {"GET": "viewer"},
    "ml/anomalies": {"GET": "viewer"},
    "ml/anomalies/<str:anomaly_id>/<str:verdict>": {"POST": "operator"},
    "ml/models": {"GET": "viewer"},
    "ml/models/<str:version_id>/promote": {"POST": "manager"},
    "ml/scorecard": {"GET": "viewer"},
    "ml/train": {"POST": "supervisor"},
    "ml/rollback": {"POST": "manager"},
    "reports": {"GET": "viewer", "POST": "supervisor"},
    "reports/latest": {"GET": "viewer"},
    "reports/schedule": {"GET": "viewer", "PUT": "manager"},
    "reports/<str:report_id>": {"GET": "viewer"},
    "reports/<str:report_id>/<str:form>": {"GET": "viewer"},
    "users/grant-access": {"POST": "manager"},
    "users/<str:user_id>": {"DELETE": "manager"},
}
"""Below `/api/`, in each of the three forms."""

OF_A_PLANT: dict[str, dict[str, str]] = {
    "": {"PATCH": "admin", "DELETE": "platform"},
    "/export": {"GET": "admin"},
    "/suspend": {"POST": "platform"},
    "/resume": {"POST": "platform"},
}
"""Below `/api/tenants/<tenant_id>`: the plant as a whole."""

ON_BASE: dict[str, dict[str, str]] = {
    "api/tenants/list": {"GET": "anybody"},
    "api/tenants/create": {"POST": "platform"},
    "api/corporate/summary": {"GET": "corporate"},
    "corporate": {"GET": "corporate"},
    "api/users/<str:user_id>/tenants": {"GET": "platform"},
}

PAGES: dict[str, dict[str, str]] = {
    "": {"GET": "viewer"},
    "machines/<path:machine_id>": {"GET": "viewer"},
    "risk": {"GET": "viewer"},
    "forecast": {"GET": "viewer"},
    "anomalies": {"GET": "viewer"},
    "models": {"GET": "viewer"},
    "insights": {"GET": "viewer"},
    "insights/sent": {"GET": "viewer"},
    "reports": {"GET": "viewer"},
    "settings": {"GET": "viewer"},
    "settings/members": MANAGER,
    "settings/tokens": MANAGER,
    "settings/audit": {"GET": "manager"},
}
"""On a plant's host."""

SOCKETS: dict[str, str] = {"^ws/?$": "viewer"}
"""As the router of WebSockets spells them."""

OPEN = frozenset({"healthz", "readyz", "metrics", "api/health", "api/schema", "api/docs"})
ACCOUNTS = "accounts/"
KEY = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[-0-9A-Za-z]{1,200})/$"
OWN_ACCOUNT: dict[str, str] = {
    **dict.fromkeys(
        ("login", "logout", "invitation/<str:text>", "password/set", "password/reset", KEY,
         "password/reset/done", "password/reset/key/done", "2fa/authenticate", "enter"),
        "open",
    ),
    **dict.fromkeys(
        ("reauthenticate", "password/change", "profile", "2fa", "2fa/reauthenticate",
         "2fa/totp/activate", "2fa/totp/deactivate", "2fa/recovery-codes",
         "2fa/recovery-codes/generate", "plants", "go/<str:tenant_id>"),
        "anybody",
    ),
}  # fmt: skip
"""Below `/accounts/`, on every host: a person's own account, where no role counts."""

ADMIN = "admin/"
ON_BOTH_FACES = ("", "login", "autocomplete", "jsi18n")
NOT_IN_A_PLANT = ("logout", "password_change", "password_change/done", "r/")
OF_THE_PLATFORM = ("tenants/", "django_celery_beat/")
"""What pages below `/admin/` begin with; all others are a plant's, for engineers and above."""


def written_down() -> set[str]:
    """All routes of the tables as the URLconf spells them."""
    plant = {f"api/{route}" for route in IN_A_PLANT}
    by_path = {f"api/tenants/<str:tenant_id>/{route}" for route in IN_A_PLANT}
    itself = {f"api/tenants/<str:tenant_id>{route}" for route in OF_A_PLANT}
    return plant | by_path | itself | set(ON_BASE) | set(PAGES) | OPEN
