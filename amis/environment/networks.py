"""Lists of networks, as addresses or in CIDR form."""

from __future__ import annotations

import ipaddress

from amis.environment.values import Values, shown

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
OWN_NETWORKS = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.0/8,fc00::/7,::1"
"""Where machines stand: private and loopback addresses, not the internet and not link-local."""


def networks_of(values: Values, name: str, default: str) -> tuple[Network, ...]:
    """The networks that a value lists, parted by commas."""
    found = []
    for part in values.text(name, default).split(","):
        try:
            found.append(ipaddress.ip_network(part.strip()))
        except ValueError:
            values.faults.append(
                f"{name}: {shown(part.strip())} is not an address or a network; "
                "write them parted by commas, such as 10.1.0.0/16,192.168.7.12"
            )
    return tuple(found)
