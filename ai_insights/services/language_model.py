"""One question to an OpenAI-compatible server, answered within a deadline or not at all."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from importlib import import_module
from queue import Empty, Queue
from typing import Any, NamedTuple, Protocol

PATH = "/chat/completions"
LONGEST_DETAIL = 300
NO_KEY = "none"
"""A server in the house needs no key, but the client wants a word for it."""


class LanguageModel(Protocol):
    """Who is asked, as the environment names it: `base_url` stands before PATH."""

    api_key: str
    name: str
    base_url: str
    max_tokens: int
    timeout_s: float


class Tokens(NamedTuple):
    prompt: int | None
    completion: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote, and what the server counted."""

    text: str
    tokens: Tokens


class NoReply(Exception):
    """`status` is timeout, rate_limited, not_allowed, refused, unreachable or garbage."""

    def __init__(self, status: str, detail: str) -> None:
        super().__init__(detail)
        readable = detail.replace("\0", "").encode(errors="replace").decode()
        self.status, self.detail = status, readable[:LONGEST_DETAIL]


def get_ready() -> None:
    """Import the client, which takes seconds on a busy machine, before a deadline begins."""
    import_module("groq")


def ask(model: LanguageModel, messages: list[dict[str, str]], *, within_s: float) -> Reply:
    """The model's answer. Raises NoReply.

    The call runs in a thread that is left behind at the deadline: the library's own time limits
    count from byte to byte, so that a server which drips would hold us for ever.
    """
    answered: Queue[Reply | NoReply] = Queue()
    thread = threading.Thread(
        target=lambda: answered.put(_asked(model, messages, within_s)),
        name="language model",
        daemon=True,
    )
    thread.start()
    try:
        answer = answered.get(timeout=max(within_s, 0.0))
    except Empty:
        raise NoReply("timeout", f"no answer within {within_s:.1f} s") from None
    if isinstance(answer, NoReply):
        raise answer
    return answer


def _asked(
    model: LanguageModel, messages: list[dict[str, str]], within_s: float
) -> Reply | NoReply:
    import groq
    import httpx

    body = {
        "model": model.name,
        "messages": messages,
        "max_tokens": model.max_tokens,
        "temperature": 0.2,
        "response_format": {"type": "json_object"},
    }
    try:
        # Where a server sends us on to is not where the plant allowed its facts to go.
        with (
            httpx.Client(follow_redirects=False, timeout=within_s) as http,
            groq.Groq(
                api_key=model.api_key or NO_KEY,
                base_url=model.base_url,
                max_retries=0,
                http_client=http,
            ) as client,
        ):
            # The library's own method would add Groq's path to the address of any other server.
            answer = client.post(PATH, cast_to=httpx.Response, body=body)
            return _read(answer.text)
    except groq.APIStatusError as error:
        # A server may say again what it was sent.
        said = str(error.message).replace(model.api_key or NO_KEY, "…")
        return _refusal(error.status_code, said)
    except groq.APITimeoutError:
        return NoReply("timeout", f"no answer within {within_s:.1f} s")
    except (groq.GroqError, httpx.HTTPError) as error:
        return NoReply("unreachable", f"{type(error).__name__}: {error}")


def _refusal(status: int, detail: str) -> NoReply:
    names = {401: "not_allowed", 403: "not_allowed", 429: "rate_limited"}
    return NoReply(names.get(status, "refused"), f"HTTP {status}: {detail}")


def _read(text: str) -> Reply | NoReply:
    """The one choice of an OpenAI-compatible answer."""
    try:
        answer: Any = json.loads(text)
        said = answer["choices"][0]["message"]["content"]
        usage = answer.get("usage") or {}
        tokens = Tokens(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return NoReply("garbage", f"not an answer of a chat: {text[:100]!r}")
    if not isinstance(said, str) or not said.strip():
        return NoReply("garbage", "the answer has no text")
    return Reply(said, tokens)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**31 else None
