"""Give a demo plant the past that its simulator had; prints PROGRESS lines."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import tenant_context

from amis.errors import AmisError
from production.services.backfill import History, backfill, backfill_is_done, mark
from tenants.services.plants import tenant_by_id


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="T", help="the plant's id")
        parser.add_argument(
            "--dump", metavar="FILE", help="a .npz of `plc_sim dump`; else one is made"
        )
        parser.add_argument("--seed", type=int, default=7, help="the simulator's")
        parser.add_argument("--timezone", help="the simulator's; default: the plant's")
        parser.add_argument("--epoch", metavar="ISO", help="when the simulated plant was new")
        parser.add_argument("--days", type=int, default=180, help="instead of --epoch")
        parser.add_argument("--until", metavar="ISO", help="default: now")
        parser.add_argument("--machines", type=int, default=3)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = tenant_by_id(options["tenant"])
            with tenant_context(tenant):
                if backfill_is_done():
                    mark(100.0)
                    self._tell(100.0, "history complete")
                    return
                mark(0.0)
                self._tell(0.0, "simulating the history")
                options["timezone"] = options["timezone"] or tenant.timezone
                backfill(history=_history(options), tell=self._tell)
        except AmisError as error:
            raise CommandError(error.message) from error

    def _tell(self, percent: float, text: str) -> None:
        self.stdout.write(f"PROGRESS {percent:g} {text}")
        self.stdout.flush()


def _history(options: dict[str, Any]) -> History:
    source: Any = options["dump"] or io.BytesIO(_dump(options))
    try:
        with np.load(Path(source) if options["dump"] else source) as arrays:
            return History(
                arrays["nodes"], arrays["node_index"], arrays["time_us"], arrays["value"]
            )
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"This is not a dump of the simulator: {error}") from error


def _dump(options: dict[str, Any]) -> bytes:
    """The simulator is a stranger: its own process, whose output is read."""
    now = datetime.now(UTC)
    until = options["until"] or now.isoformat()
    epoch = options["epoch"] or (now - timedelta(days=options["days"])).isoformat()
    command = [sys.executable, "-m", "plc_sim", "dump", "--out", "-"]
    command += ["--machines", str(options["machines"]), "--seed", str(options["seed"])]
    command += ["--timezone", options["timezone"], "--epoch", epoch, "--until", until]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, check=False)
    if done.returncode:
        raise CommandError(f"The simulator failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
