"""What daphne answers by itself: a refused WebSocket gets the status of its reason (daphne says 403
whatever it was), one that is ended its own code, and every refusal has an id like any other answer.
"""

from __future__ import annotations

from typing import Any

from autobahn.websocket.types import ConnectionDeny
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.web.http import HTTPChannel

from amis import trace

STATUSES = {
    4401: (401, "Not signed in"),
    4403: (403, "Not allowed"),
    4404: (404, "Not found"),
    4429: (429, "Too many requests"),
}
NORMAL_CLOSURE = 1000
MALFORMED = "HTTP/1.1 400 Bad Request\r\nX-Request-ID: {}\r\nContent-Length: 0\r\n\r\n"


def answer_refusals_in_full() -> None:
    """From now on, in this process."""
    WebSocketProtocol.serverClose = end
    # Who breaks the protocol, say with a text that is no UTF-8, hears so before the line is cut.
    WebSocketProtocol.failByDrop = False
    handle_reply, basic_error = WebSocketProtocol.handle_reply, WebRequest.basic_error
    send_error = WebSocketProtocol.sendHttpErrorResponse

    def handle(self: Any, message: dict[str, Any]) -> None:
        refused = message.get("type") == "websocket.close" and message.get("code") in STATUSES
        if not refused or self.state != self.STATE_CONNECTING:
            handle_reply(self, message)
            return
        status, reason = STATUSES[message["code"]]
        self.handshake_deferred.errback(ConnectionDeny(code=status, reason=reason))
        del self.handshake_deferred
        self.server.protocol_disconnected(self)

    def refuse_upgrade(self: Any, code: int, reason: str, headers: Any = None) -> None:
        given = (getattr(self, "http_headers", None) or {}).get("x-request-id", "")
        own = [("X-Request-ID", trace.id_of(given)), ("Content-Length", "0")]
        send_error(self, code, reason, [*(headers or []), *own])

    def refuse(self: Any, *args: Any) -> None:
        given = self.getHeader("x-request-id") or ""
        self.setHeader(b"x-request-id", trace.id_of(given).encode())
        basic_error(self, *args)

    def refuse_malformed(self: Any) -> None:
        self.transport.write(MALFORMED.format(trace.id_of("")).encode())
        self.loseConnection()

    WebSocketProtocol.handle_reply = handle
    WebSocketProtocol.sendHttpErrorResponse = refuse_upgrade
    WebRequest.basic_error = refuse
    HTTPChannel._respondToBadRequestAndDisconnect = refuse_malformed


def end(self: Any, code: int | None = None) -> None:
    """Close with whatever code the application says: autobahn keeps those of RFC 6455 for itself,
    and 1008 (too many frames), 1009 (too big) and 1013 (come again) would fail as 1011.
    """
    self.sendCloseFrame(code=code or NORMAL_CLOSURE)
