"""The demo's past: each plant's simulated history, filled in by processes that run side by side."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from collections.abc import Collection, Mapping
from typing import IO

from amis.environment import ROOT
from amis.stack import paths
from amis.stack.console import Console
from amis.stack.install import Installation
from amis.stack.services import PLANTS


class BackfillFailed(Exception):
    """The end of what a back-fill process said."""


def fill_in_the_past(
    installation: Installation,
    console: Console,
    *,
    tenants: Collection[str],
    environment: Mapping[str, str],
) -> None:
    """Run one `backfill_demo` for each of the plants and draw one bar. Raises BackfillFailed."""
    log = (paths.LOGS / "backfill.log").open("a")
    running = {}
    for tenant_id, zone, seed in PLANTS.values():
        if tenant_id not in tenants:
            continue
        command = [sys.executable, str(ROOT / "manage.py"), "backfill_demo", "--tenant", tenant_id]
        command += ["--seed", str(seed), "--timezone", zone, "--epoch", installation.epoch]
        running[tenant_id] = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        _follow({name: process.stdout for name, process in running.items()}, console)
        for name, process in running.items():
            if process.wait():
                raise BackfillFailed(f"The back-fill of {name} failed; see .amis/log/backfill.log.")
    finally:
        for process in running.values():
            if process.poll() is None:
                process.terminate()
                process.wait()
        log.close()


def _follow(outputs: Mapping[str, IO[str] | None], console: Console) -> None:
    """Read `PROGRESS <percent> <text>` lines until every process has ended."""
    percents = dict.fromkeys(outputs, 0.0)
    with selectors.DefaultSelector() as selector:
        for name, output in outputs.items():
            assert output is not None
            os.set_blocking(output.fileno(), True)
            selector.register(output, selectors.EVENT_READ, name)
        while selector.get_map():
            for key, _ in selector.select():
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if not line:
                    selector.unregister(key.fileobj)
                    continue
                word, _, rest = line.partition(" ")
                number, _, text = rest.strip().partition(" ")
                if word == "PROGRESS":
                    percents[key.data] = float(number)
                    mean = sum(percents.values()) / len(percents)
                    console.progress(mean, text or "Simulated history")
