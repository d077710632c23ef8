"""The product's own processes with a witness inside: the web application, a worker, and who hands
the worker its tasks.

`daphne benchmarks.watched:application`; `python -m benchmarks.watched worker`;
`python -m benchmarks.watched feeder PLANT…`.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from amis.asgi import application
from benchmarks import witness

__all__ = ["application"]

WORKER = ["worker", "-Q", "default", "-P", "threads", "-c", "4", "-n", "watched@%h",
          "--without-gossip", "--without-mingle"]  # fmt: skip
WAITING_AT_MOST = 40


def main(words: Sequence[str]) -> None:
    if words[0] == "feeder":
        feed(words[1:])
    from amis.__main__ import start

    witness.watch("worker")
    start(WORKER, prog_name="python -m benchmarks.watched")


def feed(plants: Sequence[str]) -> None:
    """Hand over derivations of random plants for ever, a few more than are being worked on."""
    from django_tenants.utils import schema_context

    from production.tasks import derive
    from tenants.live import valkey

    chance = random.Random(7)
    while True:
        if valkey().llen("default") > WAITING_AT_MOST:
            time.sleep(0.02)
            continue
        end = datetime.now(UTC)
        start = end - timedelta(hours=chance.randint(1, 12))
        with schema_context(chance.choice(plants)):
            derive.delay(f"M00{chance.randint(1, 3)}", start.isoformat(), end.isoformat())


if __name__ == "__main__":
    main(sys.argv[1:])
else:
    witness.watch("web")
