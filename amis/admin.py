"""The assembled admin: every app's pages on one site, for `path("admin/", site.urls)`."""

import ai_insights.admin  # noqa: F401 - its import registers what losses cost
import analytics.admin  # noqa: F401 - its import registers targets and the plant's choices
import production.admin  # noqa: F401 - its import registers the plant's pages
import reports.admin  # noqa: F401 - its import registers when reports are made
from tenants.admin import site

__all__ = ["site"]
