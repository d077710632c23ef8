"""daphne's line a request without what opens a door: keys in addresses, tickets, mailed links."""

from __future__ import annotations

from typing import Any

from daphne.access import AccessLogGenerator

from amis.logs import without_secrets


def keep_secrets_out_of_access_lines() -> None:
    """From now on, in this process."""
    write_entry = AccessLogGenerator.write_entry

    def write(self: Any, host: str, date: Any, request: str, **more: Any) -> None:
        write_entry(self, host, date, without_secrets(request), **more)

    AccessLogGenerator.write_entry = write
