"""How good, what is odd, what comes next: figures derived from production records."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = "Predictions and targets"
    default_auto_field = "django.db.models.BigAutoField"
