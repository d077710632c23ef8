"""Bring in past stops from a CSV file: machine_id, start, end, reason. In the observed time a
machine ran outside its stops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from production.management.file_import import FileImport
from production.services.past import Outcome, import_stops


class Command(FileImport):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        what = "time from which the file tells every stop"
        parser.add_argument("--observed-from", required=True, metavar="ISO", help=what)
        parser.add_argument("--observed-to", required=True, metavar="ISO", help="up to when")
        parser.add_argument(
            "--only-named",
            action="store_true",
            help="leave out machines that the file does not name; else they ran without a stop",
        )

    def take(self, path: Path, options: dict[str, Any]) -> Outcome:
        return import_stops(
            path=path,
            observed_from=options["observed_from"],
            observed_to=options["observed_to"],
            only_named=options["only_named"],
        )
