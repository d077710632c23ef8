"""What happened: samples, states, stops and shift records of one plant."""

from django.apps import AppConfig


class ProductionConfig(AppConfig):
    name = "production"
    verbose_name = "The plant"
    default_auto_field = "django.db.models.BigAutoField"
