"""Create a plant: its schema, its database role and its host."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from amis.errors import AmisError
from production.services.plants import found_plant
from tenants.models import AccessLog
from tenants.services.audit import note
from tenants.sessions import plant_url


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant_id", metavar="ID", help="for example plant_oslo")
        parser.add_argument("--name", required=True, help="the plant's name as people read it")
        parser.add_argument(
            "--timezone", required=True, help="an IANA zone, for example Europe/Oslo"
        )
        parser.add_argument("--location", default="", help="town and country")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                tenant = found_plant(
                    tenant_id=options["tenant_id"],
                    tenant_name=options["name"],
                    timezone=options["timezone"],
                    plant_location=options["location"],
                )
                made = AccessLog.Action.PLANT_CREATED
                note(made, user=None, tenant_id=tenant.tenant_id, about="by the operator")
        except AmisError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Plant {tenant.tenant_id} is ready at {plant_url(tenant)}")
