"""What may stand for a host or for a mailbox, told from what no server would take."""

from __future__ import annotations

import ipaddress
import re

LONGEST_HOST, LONGEST_ADDRESS, LONGEST_MAILBOX = 253, 254, 64
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = re.compile(rf"{_WORD}(\.{_WORD})*")


def is_host(text: str) -> bool:
    """A host name, letters of any script, or an IP address without brackets."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        labels = text.removesuffix(".").split(".")
        return len(text) <= LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)
    return True


def is_mail_address(text: str) -> bool:
    """An address as mail servers take it without further agreement (RFC 5321: a dot-string at a
    domain, ASCII). A domain may be one word, as inside a house.
    """
    mailbox, at, domain = text.rpartition("@")
    is_short = len(text) <= LONGEST_ADDRESS and len(mailbox) <= LONGEST_MAILBOX
    is_domain = domain.isascii() and "_" not in domain and ":" not in domain and is_host(domain)
    return bool(at) and is_short and is_domain and _MAILBOX.fullmatch(mailbox) is not None
