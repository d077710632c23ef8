"""What to do, in words."""

from django.apps import AppConfig


class AiInsightsConfig(AppConfig):
    name = "ai_insights"
    verbose_name = "Insights"
    default_auto_field = "django.db.models.BigAutoField"
