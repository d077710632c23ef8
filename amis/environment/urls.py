"""Values that are addresses: each fault names the variable, what is wrong and what to write."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from amis.addresses import is_host
from amis.environment.values import Values, shown


def url_of(
    values: Values, name: str, url: str, *, schemes: tuple[str, ...], example: str
) -> SplitResult | None:
    """The parts of an address with a host; None after its fault was told. The value itself is not
    repeated, because it may hold a password.
    """
    fault = _fault(url, schemes)
    if not fault:
        return urlsplit(url)
    values.faults.append(f"{name}: {fault}; write an address such as {example}")
    return None


def host_of(values: Values, name: str, host: str) -> str:
    """A host without scheme, port or path."""
    if host and not is_host(host):
        values.faults.append(
            f"{name}: {shown(host)} is not the name of a host; "
            "write it without scheme, port or path, such as host.example"
        )
    return host


def _fault(url: str, schemes: tuple[str, ...]) -> str:
    """What is wrong with an address, in words; empty where it is good."""
    if any(character.isspace() for character in url):
        return "holds white space"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        # A bracket or a slash of a password is read as part of the host, and not repeated either.
        return "has a host or a port that cannot be read (a password's special characters: %XX)"
    if parts.scheme not in schemes:
        return f"does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if not is_host(host):
        return "names a host that cannot be one" if host else "names no host"
    return "has port 0" if port == 0 else ""
