"""Secrets at rest: what was sealed opens with any of the keys, and with no other."""

from __future__ import annotations

import pytest

from tenants.secrets import WrongKey, seal, unseal

OLD, NEW = "old-" * 10, "new-" * 10


def test_what_was_sealed_opens_and_is_not_to_be_recognised():
    sealed = seal("s3cret wörd")
    assert "s3cret" not in sealed
    assert sealed != seal("s3cret wörd")
    assert unseal(sealed) == "s3cret wörd"


def test_an_older_key_still_opens_while_the_newest_seals(settings):
    settings.SECRET_KEYS = (OLD,)
    sealed = seal("word")
    settings.SECRET_KEYS = (NEW, OLD)
    assert unseal(sealed) == "word"
    anew = seal("word")
    settings.SECRET_KEYS = (NEW,)
    assert unseal(anew) == "word"
    with pytest.raises(WrongKey, match="AMIS_SECRET_KEYS"):
        unseal(sealed)


@pytest.mark.parametrize("text", ["", "plain", "gAAAAA", "gAAAAABé"])
def test_what_was_never_sealed_is_told_in_words(text: str):
    with pytest.raises(WrongKey, match="add that key"):
        unseal(text)


def test_a_secret_that_was_changed_in_the_database_does_not_open():
    sealed = seal("word")
    with pytest.raises(WrongKey):
        unseal(sealed[:-10] + ("A" if sealed[-10] != "A" else "B") + sealed[-9:])
