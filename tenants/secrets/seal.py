"""Sealing a text with the newest key, and opening it with whichever key sealed it."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from amis.errors import AmisError


class WrongKey(AmisError):
    """None of the keys opens the text."""

    code = "wrong_key"


class Locked(str):
    """A sealed text that none of the keys opens: as it is, so that saving it loses nothing."""

    __slots__ = ()


def seal(text: str) -> str:
    """The text under the newest key (Fernet: AES-128-CBC and HMAC-SHA-256), other each time."""
    return _keys(settings.SECRET_KEYS).encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """What was sealed. Raises WrongKey when none of the keys opens it, or it was tampered with."""
    try:
        return _keys(settings.SECRET_KEYS).decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise WrongKey(
            "A secret in the database was sealed with a key that is not in AMIS_SECRET_KEYS;"
            " add that key there, or enter the secret anew."
        ) from error


@lru_cache(maxsize=4)
def _keys(texts: tuple[str, ...]) -> MultiFernet:
    # A key may be any text; Fernet's are 32 bytes.
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(text.encode()).digest())) for text in texts]
    )
