"""Bring the database up to date and make the two demo plants with equipment, people and keys;
print them as one JSON object.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from amis.errors import AmisError
from production.services.demo import make_demo_plants


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
        self.stdout.write(json.dumps(facts))
