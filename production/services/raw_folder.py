"""Files that somebody puts into a plant's folder: taken in, then moved where taken ones are kept.

A file is taken once its size and time have rested from one look to the next: until then somebody
still writes it. One that is refused lies in `failed/` beside a text that says why.
"""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone as clock

from amis.errors import AmisError
from production.services.past import Outcome, migrate_legacy
from tenants.live import plant_key, valkey

logger = logging.getLogger(__name__)

KINDS = (".csv", ".xlsx")
FAILED = "failed"
MOST_BYTES = 200 * 1024 * 1024
AT_WORK_S = 900
"""So long others leave the folder to a worker that was killed over it."""


def take_files() -> list[Path]:
    """One look into the folder of the plant that is entered; where the taken files lie now."""
    schema = connection.schema_name
    folder: Path = settings.RAW_DIR / schema
    folder.mkdir(parents=True, exist_ok=True)
    busy = plant_key(schema, "raw:busy")
    if not valkey().set(busy, 1, nx=True, ex=AT_WORK_S):
        return []
    try:
        return [moved for path in _rested(folder, schema) if (moved := _take(path, schema))]
    finally:
        valkey().delete(busy)


def _rested(folder: Path, schema: str) -> list[Path]:
    """Files that are as they were at the last look."""
    key = plant_key(schema, "raw:seen")
    before = valkey().hgetall(key)
    now = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in KINDS and path.is_file() and not path.is_symlink():
            state = path.stat()
            now[path.name] = f"{state.st_size} {state.st_mtime_ns}"
    valkey().delete(key)
    if now:
        valkey().hset(key, mapping=now)
    return [
        folder / name for name, said in now.items() if before.get(name.encode()) == said.encode()
    ]


def _take(path: Path, schema: str) -> Path | None:
    """Import the file and move it. A database that is away leaves it for the next look."""
    today = clock.now().date()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise AmisError(f"The file is larger than {MOST_BYTES // 1024**2} MB; divide it.")
        done = migrate_legacy(path=path)
    except AmisError as error:
        moved = _move(path, path.parent / FAILED, today)
        moved.with_name(f"{moved.name}.txt").write_text(f"{error.message}\n", encoding="utf-8")
        logger.warning("%s: a file of the raw folder was refused", schema)
        return None
    except FileNotFoundError:
        return None
    logger.info("%s: a file of the raw folder was taken: %s", schema, _counts(done))
    return _move(path, settings.PROCESSED_DIR / schema, today)


def _counts(done: Outcome) -> str:
    return f"created {done.created}, updated {done.updated}, unchanged {done.unchanged}"


def _move(path: Path, folder: Path, today: date) -> Path:
    """With the date in front, and a number where a file of that name was moved that day before."""
    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / f"{today}_{path.name}", 1
    while target.exists():
        number += 1
        target = folder / f"{today}_{number}_{path.name}"
    return path.rename(target)
