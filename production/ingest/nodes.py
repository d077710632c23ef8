"""NodeIds as they are stored, with the namespace URI, and as a server wants them, with an index."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Sequence
from typing import Any

from asyncua import ua

from amis.errors import Invalid

NODE = re.compile(
    r"^(?:nsu=(?P<uri>.+?);|ns=(?P<index>\d{1,5});)?(?P<kind>[sigb])=(?P<identifier>.+)$", re.DOTALL
)
TYPES = {
    "s": ua.NodeIdType.String,
    "i": ua.NodeIdType.Numeric,
    "g": ua.NodeIdType.Guid,
    "b": ua.NodeIdType.ByteString,
}


def node_id(text: str, namespaces: Sequence[str]) -> ua.NodeId:
    """The NodeId of `nsu=URI;s=…` (or `i=`, `g=`, `b=`) on a server with these namespaces.

    Raises Invalid when the text is no NodeId or the server does not know the namespace.
    """
    match = NODE.match(text.strip())
    if match is None:
        raise Invalid(f"{text!r} is not a node: it looks like nsu=urn:plant;s=Name or nsu=…;i=42.")
    index = int(match["index"] or 0)
    if match["uri"]:
        uri = match["uri"].replace("%3B", ";").replace("%3b", ";").replace("%25", "%")
        if uri not in namespaces:
            raise Invalid(f"The server has no namespace {uri}.")
        index = namespaces.index(uri)
    try:
        return _typed(match["kind"], match["identifier"], index)
    except (ValueError, binascii.Error) as error:
        raise Invalid(f"{text!r} is not a node: {error}.") from error


def _typed(kind: str, identifier: str, index: int) -> ua.NodeId:
    value: Any = identifier
    if kind == "i":
        value = int(identifier)
    elif kind == "g":
        value = uuid.UUID(identifier)
    elif kind == "b":
        value = base64.b64decode(identifier, validate=True)
    return ua.NodeId(value, ua.Int16(index), TYPES[kind])
