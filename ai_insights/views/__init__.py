"""The pages of the insights."""

from ai_insights.views.insights import insights
from ai_insights.views.sent import sent

__all__ = ["insights", "sent"]
