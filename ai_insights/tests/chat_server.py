"""A server that speaks the protocol of chat completions, in every mood that one can have."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], str]
"""From the body of a request to what the model writes."""


class ChatServer(ThreadingHTTPServer):
    """`mood` is ok, busy (429), closed (401), broken (500), garbage, moved, silent or dripping;
    `asked` are the bodies of all requests, `keys` their Authorization headers.
    """

    daemon_threads = True

    def __init__(self, answer: Answer, mood: str) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.answer, self.mood = answer, mood
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def chat_server(answer: Answer = lambda body: "{}", *, mood: str = "ok") -> Iterator[ChatServer]:
    server = ChatServer(answer, mood)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Door(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.paths.append(self.path)
        self.server.keys.append(self.headers.get("Authorization", ""))
        getattr(self, f"_{self.server.mood}")(body)

    def _ok(self, body: dict[str, Any]) -> None:
        message = {"role": "assistant", "content": self.server.answer(body)}
        self._say(
            200,
            {
                "id": "chat-1",
                "object": "chat.completion",
                "created": 1,
                "model": body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 321, "completion_tokens": 45, "total_tokens": 366},
            },
        )

    def _busy(self, body: dict[str, Any]) -> None:
        self._say(429, {"error": {"message": "too many tokens"}}, **{"Retry-After": "60"})

    def _closed(self, body: dict[str, Any]) -> None:
        self._say(401, {"error": {"message": "invalid key"}})

    def _broken(self, body: dict[str, Any]) -> None:
        self._say(500, {"error": {"message": "out of memory"}})

    def _moved(self, body: dict[str, Any]) -> None:
        self._say(307, {}, Location=f"{self.server.url}/elsewhere/chat/completions")

    def _garbage(self, body: dict[str, Any]) -> None:
        self._send(200, b"<html>Welcome to the hotel's network</html>", "text/html")

    def _silent(self, body: dict[str, Any]) -> None:
        time.sleep(30)

    def _dripping(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(60):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.5)

    def _say(self, status: int, body: dict[str, Any], **headers: str) -> None:
        self._send(status, json.dumps(body).encode(), "application/json", **headers)

    def _send(self, status: int, content: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Tests say what they see."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            # Who asked has gone already.
            return
