"""The provision worker of the tests: a thread with the owner's login, beside a web that waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from amis.tests import servers
from production.services.plants import finish_plants

OWNER = {"USER": servers.OWNER, "PASSWORD": servers.OWNER_PASSWORD, "AMIS_OWNER": True}


@contextmanager
def provision_worker() -> Iterator[None]:
    """Looks for orders all the time, as the worker does when it is told."""
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _work(stop: threading.Event) -> None:
    # This thread's own: other threads share the dictionary.
    connection.settings_dict = {**connection.settings_dict, **OWNER}
    while not stop.wait(0.05):
        finish_plants()
    connection.close()
