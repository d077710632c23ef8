"""Bring the database up to date and make the two demo plants with equipment, people, keys, targets
and costs; print them as one JSON object.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import tenant_context

from ai_insights.services.demo_costs import set_demo_costs
from amis.errors import AmisError
from analytics.services.demo_targets import set_demo_targets
from production.services.demo import make_demo_plants
from tenants.services.plants import tenant_by_id


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--opcua",
            action="append",
            default=[],
            metavar="TENANT=URL",
            help="where a plant's simulator answers",
        )
        parser.add_argument(
            "--secrets",
            type=Path,
            required=True,
            metavar="FILE",
            help="keeps passwords and tokens between starts (mode 0600)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        endpoints = {}
        for text in options["opcua"]:
            tenant_id, _, url = text.partition("=")
            if not url:
                raise CommandError(f"--opcua {text}: expected TENANT=URL.")
            endpoints[tenant_id] = url
        # In this process: starting another one would cost seconds of every start of the demo.
        call_command("prepare_database", stdout=self.stderr)
        try:
            facts = make_demo_plants(endpoints=endpoints, secrets_file=options["secrets"])
        except AmisError as error:
            raise CommandError(error.message) from error
        for plant in facts["tenants"]:
            _choose(plant["tenant_id"])
        self.stdout.write(json.dumps(facts))


def _choose(tenant_id: str) -> None:
    """What the plant wants to reach, and what a loss costs it."""
    today = datetime.now(UTC).date()
    with tenant_context(tenant_by_id(tenant_id)):
        set_demo_targets(tenant_id, today=today)
        set_demo_costs(tenant_id, today=today)
