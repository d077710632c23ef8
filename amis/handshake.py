"""The HTTP status of a refused WebSocket: daphne itself says 403 whatever the reason was."""

from __future__ import annotations

from typing import Any

from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol

STATUSES = {4401: (401, "Not signed in"), 4403: (403, "Not allowed"), 4404: (404, "Not found"),
            4429: (429, "Too many requests")}  # fmt: skip


def answer_refusals_by_their_code() -> None:
    """From now on a close before the accept, with one of our codes, is answered with its status."""
    handle_reply = WebSocketProtocol.handle_reply

    def handle(self: Any, message: dict[str, Any]) -> None:
        refused = message.get("type") == "websocket.close" and message.get("code") in STATUSES
        if not refused or self.state != self.STATE_CONNECTING:
            handle_reply(self, message)
            return
        status, reason = STATUSES[message["code"]]
        self.handshake_deferred.errback(ConnectionDeny(code=status, reason=reason))
        del self.handshake_deferred
        self.server.protocol_disconnected(self)

    WebSocketProtocol.handle_reply = handle
