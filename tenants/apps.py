"""Who are you, where, and may you: plants, people and how events travel."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Plants and people"
    default_auto_field = "django.db.models.BigAutoField"
