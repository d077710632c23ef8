"""How often somebody may ask, and how often be wrong: counted in Valkey, over all processes.

Each count is a moving window of a minute. Without Valkey nobody is held up: a plant that goes on
without its limits is better than one that stands still with them.
"""

from __future__ import annotations

import hashlib
import logging
import time
import unicodedata
from functools import lru_cache

import redis
from django.conf import settings
from limits.storage import RedisStorage

from amis.callers import household
from amis.errors import TooMany
from tenants.live import plant_key, valkey

log = logging.getLogger(__name__)
PER_S = 60
WRONG_PER_ACCOUNT, WRONG_PER_ADDRESS = 5, 10
WRONG_KEYS = 600
"""Many, for none can be guessed: programs whose key has expired should hear just that."""
ANALYSES = 10
LETTERS = 60
ASK_AGAIN_S = 5.0
SHUT_S, MOST_SHUT = 5.0, 10_000
_away = {"until": 0.0}
_shut: dict[str, float] = {}


class Windows(RedisStorage):
    """The library's counts under our own keys, so that a plant's begin with its schema."""

    def prefixed_key(self, key: str) -> str:
        return key


def check_user(user_id: int) -> None:
    """Count a request of a person at any plant. Raises TooMany."""
    most = settings.ENVIRONMENT.doors.per_user
    _take(_common("asked", str(user_id)), most, f"At most {most:,} requests a minute a person")


def check_plant(schema: str) -> None:
    """Count a request to a plant, whoever asks. Raises TooMany."""
    most = settings.ENVIRONMENT.doors.per_plant
    _take(plant_key(schema, "rates:asked"), most, f"At most {most:,} requests a minute a plant")


def check_analyses(schema: str) -> None:
    """Count an analysis that is written anew: tokens cost money, and workers are few."""
    _take(plant_key(schema, "rates:analyses"), ANALYSES, f"At most {ANALYSES} analyses a minute")


def check_invitations(schema: str) -> None:
    """Count a letter that a plant's manager sends to whatever address. Raises TooMany."""
    _take(plant_key(schema, "rates:invited"), LETTERS, f"At most {LETTERS} invitations a minute")


def check_sign_in(account: str, address: str) -> tuple[str, ...]:
    """Count an attempt as wrong before any password is hashed; what was counted is for `forgive`.

    Raises TooMany after five of one account from one address, or ten of one address, those that
    were refused for their account among them. The owner of the account, who sits at another
    address, is not locked out. `account` is what was typed, whether or not it exists.
    """
    by_address = _check_address(address)
    if not account:
        return (by_address,)
    by_account = _common("wrong", _digest(account), household(address))
    _take(by_account, WRONG_PER_ACCOUNT, "Too many attempts to sign in to this account")
    return (by_address, by_account)


def check_second_factor(user: str, address: str) -> tuple[str, ...]:
    """The same for a code: five of one person from all addresses together, because codes are short
    and whoever is asked for one knows the password already.
    """
    by_address = _check_address(address)
    by_person = _common("wrong-code", user)
    _take(by_person, WRONG_PER_ACCOUNT, "Too many codes for this account")
    return (by_address, by_person)


def check_wrong_key(address: str) -> None:
    """Count a key that nobody has. Raises TooMany after so many from one address; it is asked after
    the key was looked up, so that who has a right one is not held up by his neighbours.
    """
    _take(_common("wrong-key", household(address)), WRONG_KEYS, "Too many wrong tokens from here")


def is_shut(caller: str) -> bool:
    """Whether an address was refused a moment ago, as this process remembers without asking."""
    return _shut.get(caller, 0.0) > time.monotonic()


def forgive(counted: tuple[str, ...]) -> None:
    """The attempt was right: it is taken back."""
    try:
        for key in counted:
            valkey().lpop(key)
    except redis.RedisError as error:
        _lost(error)


def _check_address(address: str) -> str:
    caller = household(address)
    key = _common("wrong", caller)
    try:
        _take(key, WRONG_PER_ADDRESS, "Too many attempts to sign in")
    except TooMany as error:
        if len(_shut) >= MOST_SHUT:
            _shut.clear()
        _shut[caller] = time.monotonic() + min(error.wait, SHUT_S)
        raise
    return key


def _take(key: str, most: int, sentence: str) -> None:
    if time.monotonic() < _away["until"]:
        return
    try:
        taken = _windows().acquire_entry(key, most, PER_S)
        since = None if taken else _windows().get_moving_window(key, most, PER_S)[0]
    except redis.RedisError as error:
        _lost(error)
        return
    if _away["until"]:
        _away["until"] = 0.0
        log.warning("Valkey answers again: requests are counted.")
    if since is not None:
        wait = max(since + PER_S - time.time(), 1.0)
        raise TooMany(f"{sentence}; try again in {wait:.0f} s.", wait=wait)


def _lost(error: redis.RedisError) -> None:
    """Say it once, and do not let every request wait for the answer that does not come."""
    if not _away["until"]:
        log.error("Valkey does not answer (%s): requests are not counted.", type(error).__name__)
    _away["until"] = time.monotonic() + ASK_AGAIN_S


def _common(*parts: str) -> str:
    return plant_key("public", ":".join(("rates", *parts)))


def _digest(account: str) -> str:
    """The account in a key of fixed length that shows nobody's address."""
    same = unicodedata.normalize("NFKC", account).strip().casefold()
    return hashlib.sha256(same.encode()).hexdigest()[:32]


@lru_cache(maxsize=1)
def _windows() -> Windows:
    url = settings.ENVIRONMENT.redis_url
    return Windows(url, connection_pool=valkey().connection_pool)
