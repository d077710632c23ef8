"""Where a connection may lead: its host is resolved once, held against the allowed networks, and
what was checked is what is connected to.

A name that means one address when it is checked and another when it is used would lead past the
check, and a server that names other addresses in its endpoints is not followed.
"""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import SplitResult, urlsplit

from amis.errors import Invalid, SourceUnavailable
from production.services.equipment.checks import is_allowed

DEFAULT_PORT = 4840


async def checked_url(url: str) -> str:
    """The address of the connection with its host as a number. Raises Invalid for one that is none
    or is not allowed, SourceUnavailable for a name that nobody knows.
    """
    parts = _parts(url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORT
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceUnavailable(f"The name {host} is not known here: {error}.") from error
    for *_, place in found:
        address = str(place[0])
        if is_allowed(address):
            number = f"[{address}]" if ":" in address else address
            return parts._replace(netloc=f"{number}:{port}").geturl()
    raise Invalid(
        f"endpoint_url: {host} lies outside the networks that AMIS_OPCUA_ALLOW names;"
        " nothing was connected to."
    )


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_one = parts.scheme == "opc.tcp" and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        is_one = False
    if not is_one:
        raise Invalid(f"{url!r} is not an OPC UA address such as opc.tcp://192.0.2.7:4840/path.")
    return parts
