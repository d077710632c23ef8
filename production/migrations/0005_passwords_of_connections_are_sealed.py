"""Passwords of connections lay in clear text; from here on they are sealed."""

from django.db import migrations, models

import tenants.secrets


def seal_all(apps, schema_editor):
    _rewrite(apps, tenants.secrets.seal)


def unseal_all(apps, schema_editor):
    _rewrite(apps, tenants.secrets.unseal)


def _rewrite(apps, change):
    Connection = apps.get_model("production", "Connection")
    for row in Connection.objects.exclude(password="").only("password"):
        row.password = change(row.password)
        row.save(update_fields=["password"])


class Migration(migrations.Migration):
    dependencies = [("production", "0004_imported_past")]
    operations = [
        migrations.AlterField("connection", "password", models.TextField(blank=True)),
        migrations.RunPython(seal_all, unseal_all),
        migrations.AlterField("connection", "password", tenants.secrets.SealedField(blank=True)),
    ]
