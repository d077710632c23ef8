"""The language model that may be asked to write."""

from __future__ import annotations

from dataclasses import dataclass, field

from amis.environment.urls import url_of
from amis.environment.values import Values

GROQ_URL = "https://api.groq.com/openai/v1"


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Who may be asked to write, at an address before `/chat/completions`. `is_there` without a
    key too, because a server in the house often needs none.
    """

    api_key: str = field(repr=False)
    name: str
    base_url: str
    max_tokens: int
    timeout_s: float

    @property
    def is_there(self) -> bool:
        return bool(self.api_key) or self.base_url != GROQ_URL


def language_model_of(values: Values) -> LanguageModel:
    """From GROQ_… and AI_…."""
    url = values.text("GROQ_BASE_URL", GROQ_URL).rstrip("/")
    schemes = ("https", "http")
    url_of(values, "GROQ_BASE_URL", url, schemes=schemes, example="https://host.example/v1")
    return LanguageModel(
        api_key=_key(values),
        name=values.text("GROQ_MODEL", "llama-3.3-70b-versatile"),
        base_url=url,
        max_tokens=values.number("AI_MAX_TOKENS", 2000, int, lowest=200, highest=100_000),
        timeout_s=values.number("AI_TIMEOUT_S", 8.0, float, lowest=0.5, highest=9.0),
    )


def _key(values: Values) -> str:
    """It goes into a header, which takes nothing but printable ASCII."""
    key = values.text("GROQ_API_KEY")
    if any(not "!" <= character <= "~" for character in key):
        values.faults.append(
            "GROQ_API_KEY: holds a space or a character that no key has; copy the key anew"
        )
    return key
