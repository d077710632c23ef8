"""The address from which somebody asks, seen through the proxies that an installation declared."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HOUSEHOLD = 64
"""Bits of an IPv6 address that one subscriber does not choose freely (RFC 6177)."""


def caller_address(peer: str, forwarded: str, proxies: Iterable[Network]) -> str:
    """The last address of `forwarded` (X-Forwarded-For) that no proxy of ours has; `peer`, who
    holds the connection, where that is no proxy of ours or says nothing that is an address.
    """
    known = list(proxies)
    caller = _read(peer)
    for text in reversed(forwarded.split(",")):
        nearer = _read(text)
        if caller is None or nearer is None or not any(caller in one for one in known):
            break
        caller = nearer
    return str(caller) if caller else ""


def household(address: str) -> str:
    """What is counted as one caller: an IPv4 address, or the network of an IPv6 address."""
    read = _read(address)
    if read is None or read.version == 4:
        return address
    return str(ipaddress.ip_network((read, HOUSEHOLD), strict=False))


def _read(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
