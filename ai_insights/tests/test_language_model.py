"""A language model answers in time, or there is no reply and it is known why."""

from __future__ import annotations

import time

import pytest

from ai_insights.services.language_model import NoReply, ask
from ai_insights.tests.chat_server import chat_server
from amis.environment import LanguageModel

MESSAGES = [{"role": "user", "content": '{"facts": []}'}]


def model(url: str, key: str = "key-of-the-plant") -> LanguageModel:
    return LanguageModel(
        api_key=key, name="llama-3.3-70b-versatile", base_url=url, max_tokens=2000, timeout_s=8
    )


def test_the_answer_comes_with_its_tokens_from_the_address_before_chat_completions():
    with chat_server(lambda body: '{"sections": {}}') as server:
        reply = ask(model(server.url), MESSAGES, within_s=10)

    assert reply.text == '{"sections": {}}'
    assert reply.tokens == (321, 45)
    assert server.paths == ["/v1/chat/completions"]
    assert server.keys == ["Bearer key-of-the-plant"]
    (body,) = server.asked
    assert body["model"] == "llama-3.3-70b-versatile"
    assert body["messages"] == MESSAGES
    assert body["max_tokens"] == 2000


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        ("busy", "rate_limited"),
        ("closed", "not_allowed"),
        ("broken", "refused"),
        ("garbage", "garbage"),
        ("moved", "refused"),
    ],
)
def test_what_is_no_answer_is_told_at_once_and_not_asked_again(mood, status):
    began = time.monotonic()
    with chat_server(mood=mood) as server, pytest.raises(NoReply) as told:
        ask(model(server.url), MESSAGES, within_s=8)

    assert told.value.status == status
    assert "key-of-the-plant" not in told.value.detail
    assert len(server.asked) == 1
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("mood", ["silent", "dripping"])
def test_a_server_that_hangs_is_left_at_the_deadline_however_it_hangs(mood):
    began = time.monotonic()
    with chat_server(mood=mood) as server, pytest.raises(NoReply) as told:
        ask(model(server.url), MESSAGES, within_s=2)

    assert told.value.status == "timeout"
    assert time.monotonic() - began < 4


def test_nobody_at_the_address_is_no_reply():
    with pytest.raises(NoReply) as told:
        ask(model("http://127.0.0.1:9/v1"), MESSAGES, within_s=5)

    assert told.value.status == "unreachable"


def test_an_answer_without_text_is_garbage():
    with chat_server(lambda body: " ") as server, pytest.raises(NoReply) as told:
        ask(model(server.url), MESSAGES, within_s=5)

    assert told.value.status == "garbage"
