"""The embedded stores of the demo, and what a person reads where they cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from amis.stack.postgres import LocalPostgres, PostgresError
from amis.stack.stores import Stores


@dataclass
class Passwords:
    """As much of an installation as the stores read."""

    db_port: int | None = None
    cache_port: int | None = None
    cache_password: str = "of-the-cache"
    superuser_password: str = "of-a-new-folder"


def test_data_of_a_folder_that_was_removed_are_refused_with_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("amis.stack.postgres.SHARED_HOMES", home)
    monkeypatch.setattr("amis.stack.paths.POSTGRES", home / "postgres")
    stores = Stores(Passwords())
    old = LocalPostgres(home / "postgres", password="of-the-old-folder")
    old.prepare()
    monkeypatch.setattr(stores, "_postgres", LocalPostgres(
        home / "postgres", port=old.port, password="of-a-new-folder"))  # fmt: skip
    old.start()
    try:
        with pytest.raises(PostgresError, match="folder that is gone") as refused:
            stores._make_owner()
    finally:
        old.stop()
    assert str(old.data.parent) in str(refused.value)
