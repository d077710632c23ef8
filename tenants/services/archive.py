"""A backup's file: a ZIP that only its owner reads, with a checksum over every byte of it."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from amis.errors import Invalid

# The checksum stands in the ZIP's comment, which is the end of the file, and covers all before it.
CHECKSUM = 64
CHUNK = 1 << 20
DAMAGED = "{} is damaged or no backup: its checksum is not that of its content."


@contextmanager
def new_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """To be filled; it has its name only once it is whole, and nobody else can read it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.comment = b"0" * CHECKSUM
                yield archive
            _seal(file)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def checked_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """To be read. Raises Invalid when a byte of it is not as it was written."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - CHECKSUM, 0))
        if size <= CHECKSUM or file.read() != _checksum(file, size - CHECKSUM):
            raise Invalid(DAMAGED.format(path))
        with zipfile.ZipFile(file) as archive:
            yield archive


def _seal(file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    checksum = _checksum(file, size - CHECKSUM)
    file.seek(size - CHECKSUM)
    file.write(checksum)
    file.flush()
    os.fsync(file.fileno())


def _checksum(file: BinaryIO, length: int) -> bytes:
    digest = hashlib.sha256()
    file.seek(0)
    while length > 0 and (part := file.read(min(length, CHUNK))):
        digest.update(part)
        length -= len(part)
    return digest.hexdigest().encode()
