"""The keys under which secrets lie in the database."""

from __future__ import annotations

from amis.environment.values import Values

NAME = "AMIS_SECRET_KEYS"
SHORTEST = 32


def secret_keys_of(values: Values) -> tuple[str, ...]:
    """The newest first: it seals, and all of them open what was sealed with them."""
    keys = tuple(key.strip() for key in values.text(NAME).split(","))
    if any(len(key) < SHORTEST for key in keys):
        values.faults.append(
            f"{NAME}: needs one key or several with commas between them, the newest first, of at"
            f" least {SHORTEST} characters each (openssl rand -base64 48 makes one)"
        )
    return keys
