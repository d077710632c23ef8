"""What an address, a node, a name, a state map or a certificate must look like."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from amis.errors import Invalid
from production.models.plant import SHIFT_S
from production.shopfloor.packml import CODES

SCHEME = "opc.tcp://"
MAX_URL_BYTES = 4096
NODE = re.compile(r"nsu=(?P<uri>[^;\s]+);(?P<kind>[isgb])=(?P<id>.+)")
HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
SECURITY_POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
# Besides control characters: separators that break a line, and marks that turn text round.
ODD_CATEGORIES = frozenset({"Cc", "Zl", "Zp", "Cs"})
TURNING_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def odd_character(text: str) -> str | None:
    """The first character that no name may hold, as "U+0007"; None when there is none."""
    for character in text:
        if unicodedata.category(character) in ODD_CATEGORIES or character in TURNING_MARKS:
            return f"U+{ord(character):04X}"
    return None


def same_cycle(*, capacity: float, ideal_cycle_s: float) -> bool:
    """Whether pieces per 8 h shift and seconds a piece say the same."""
    return abs(SHIFT_S / capacity - ideal_cycle_s) <= 1e-4 * ideal_cycle_s


def check_endpoint_url(url: str) -> None:
    """Raise Invalid, naming endpoint_url, unless it is opc.tcp with host and port and no more.

    A host given as a number must lie in the allowed networks; a name is resolved, and held against
    them, when it is connected to.
    """
    if len(url.encode()) > MAX_URL_BYTES:
        raise Invalid(f"endpoint_url is longer than {MAX_URL_BYTES} bytes.")
    if odd_character(url) or any(character.isspace() for character in url):
        raise Invalid("endpoint_url holds white space or a control character.")
    if not url.startswith(SCHEME):
        raise Invalid(f"endpoint_url must begin with {SCHEME}")
    if any(mark in url for mark in "@?#\\"):
        raise Invalid("endpoint_url takes no user, query or fragment; use username and password.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Invalid(f"endpoint_url cannot be read: {error}.") from error
    if not port:
        raise Invalid("endpoint_url needs a host and a port, as in opc.tcp://plc-7:4840/path")
    _check_host(host, bracketed="[" in parts.netloc)


def _check_host(host: str, *, bracketed: bool) -> None:
    """A name, an IPv6 address in brackets, or an IPv4 address in its one dotted decimal form."""
    is_number = re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rstrip(".").split(".")[-1])
    if bracketed or is_number:
        try:
            (ipaddress.IPv6Address if bracketed else ipaddress.IPv4Address)(host)
        except ValueError as error:
            raise Invalid(f"endpoint_url: {error}.") from error
        if not is_allowed(host):
            raise Invalid(
                f"endpoint_url: {host} lies outside the networks that AMIS_OPCUA_ALLOW names."
            )
        return
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(HOST_LABEL.fullmatch(label) for label in labels):
        raise Invalid(f"endpoint_url: {host!r} is not a host name.")


def is_allowed(host: str) -> bool:
    """Whether connections may lead to this address; one of IPv4 in IPv6's clothes is IPv4."""
    address = ipaddress.ip_address(host.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    return any(
        address in network for network in settings.OPCUA_ALLOW if network.version == address.version
    )


def check_machine_id(machine_id: str) -> None:
    """Raise Invalid for the sign that stands for all machines where machines are listed."""
    if machine_id == "*":
        raise Invalid("machine_id: * stands for all machines of the plant; give this one a name.")


def check_node(node: str) -> None:
    """Raise Invalid unless the NodeId names its namespace by URI."""
    match = NODE.fullmatch(node)
    if match is None:
        raise Invalid(
            f"node: {node!r} must begin with nsu= and the namespace's URI, as nsu=urn:plant;s=F01"
        )
    kind, name = match["kind"], match["id"]
    if kind == "i" and not (name.isascii() and name.isdigit() and int(name) < 2**32):
        raise Invalid(f"node: {name!r} is not a whole number from 0 to 4294967295.")
    if kind == "g":
        try:
            UUID(name)
        except ValueError as error:
            raise Invalid(f"node: {name!r} is not a GUID.") from error


def check_state_map(mapping: Mapping[object, object]) -> dict[str, str]:
    """The vendor's codes with their PackML states, as they are stored. Raises Invalid."""
    checked: dict[str, str] = {}
    for code, state in mapping.items():
        text = str(code).strip()
        if isinstance(code, bool) or not re.fullmatch(r"-?\d{1,10}", text):
            raise Invalid(f"state_map: the code {code!r} is not a whole number.")
        if state not in CODES:
            raise Invalid(
                f"state_map: {state!r} is not a PackML state; choose from {', '.join(CODES)}."
            )
        if str(int(text)) in checked:
            raise Invalid(f"state_map: the code {int(text)} is there twice.")
        checked[str(int(text))] = str(state)
    return checked


def read_certificate(content: bytes) -> bytes:
    """A certificate in PEM or DER, as DER. Raises Invalid."""
    try:
        if b"-----BEGIN" in content:
            certificate = x509.load_pem_x509_certificate(content)
        else:
            certificate = x509.load_der_x509_certificate(content)
    except ValueError as error:
        raise Invalid("This is not a certificate in PEM or DER form.") from error
    return certificate.public_bytes(Encoding.DER)
