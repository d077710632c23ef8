"""What work leaves behind, as text that can be searched: files, log lines, values in Valkey."""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from functools import lru_cache
from pathlib import Path

import pypdf

from amis.logs import JsonLine
from tenants.live import valkey

PACKED = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
"""What may be base64, as messages to workers and the letters in them are."""
CANARY = re.compile(r"canary-(chicago|lyon)")
PLANT = re.compile(r"plant[_-](chicago|lyon)")


def plants_in(text: str) -> set[str]:
    """The plants of which the text holds a canary, wherever lines are broken."""
    return set(CANARY.findall(text)) | set(CANARY.findall("".join(text.split())))


@lru_cache(maxsize=256)
def text_of(content: bytes) -> str:
    """What a file says: the words of a PDF and of what is attached to it, the parts of a letter,
    the members of a workbook or an archive, else its bytes.
    """
    if content.startswith(b"%PDF-"):
        document = pypdf.PdfReader(io.BytesIO(content))
        inside = [part for parts in document.attachments.values() for part in parts]
        return "\n".join([*(p.extract_text() for p in document.pages), *map(text_of, inside)])
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(name + text_of(archive.read(name)) for name in archive.namelist())
    if b"\nMIME-Version: " in content[:5000]:
        letter = message_from_bytes(content, policy=policy.default)
        parts = [p.get_payload(decode=True) or b"" for p in letter.walk() if not p.is_multipart()]
        return "\n".join([*map(str, letter.values()), *map(text_of, parts)])
    return content.decode("utf-8", "replace")


def files_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file with what it is called and says."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, f"{path.name}\n{text_of(path.read_bytes())}"


def lines_of(records: Iterable[logging.LogRecord]) -> list[dict[str, str]]:
    """Log lines as programs collect them, each with the whole line as `text`."""
    lines = [JsonLine().format(record) for record in records]
    return [json.loads(line) | {"text": line} for line in lines]


def stored_values() -> Iterator[tuple[str, str]]:
    """Each key of Valkey with what it holds; of a list, a hash or a set every element by itself."""
    store = valkey()
    read = {
        b"string": lambda key: [store.get(key)],
        b"list": lambda key: store.lrange(key, 0, -1),
        b"hash": lambda key: [b"%s %s" % pair for pair in store.hgetall(key).items()],
        b"set": store.smembers,
        b"zset": lambda key: store.zrange(key, 0, -1),
    }
    for key in sorted(store.scan_iter()):
        for value in read[store.type(key)](key):
            yield key.decode(), unpacked((value or b"").decode("utf-8", "replace"))


def unpacked(text: str, depth: int = 3) -> str:
    """The text, and behind it whatever base64 stands in it."""
    found = [text]
    for packed in PACKED.findall(text) if depth else ():
        inside = b64decode(packed + "=" * (-len(packed) % 4))
        found.append(unpacked(inside.decode("utf-8", "replace"), depth - 1))
    return "\n".join(found)


def owner_of(key: str, value: str) -> set[str]:
    """The plant whose value this is: by its key, or by the header of a message to a worker."""
    if key.startswith(("plant_chicago:", "plant_lyon:")):
        return set(PLANT.findall(key.partition(":")[0]))
    return set(re.findall(r'"_schema_name": "plant_(\w+)"', value))


def foreign_values() -> list[tuple[str, str]]:
    """Values that hold a canary of a plant that is not theirs."""
    return [(key, value) for key, value in stored_values()
            if plants_in(value) - owner_of(key, value)]  # fmt: skip


def foreign_files(root: Path) -> list[Path]:
    """Files in the folder of a plant that hold another's canary; elsewhere, those that hold two."""
    wrong = []
    for path, text in files_below(root):
        of = set(PLANT.findall(str(path.relative_to(root).parent)))
        found = plants_in(text)
        if found - of if of else len(found) > 1:
            wrong.append(path)
    return wrong


def foreign_lines(lines: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Lines that name another plant than the one for which they were written: what asks says so in
    the id of its request, as in "chicago-7".
    """
    return [
        line
        for line in lines
        if (plants_in(line["text"]) | set(PLANT.findall(line["text"])))
        - {line["request"].partition("-")[0]}
    ]
