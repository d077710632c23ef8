"""The demo's post: each message is a file in a folder, whole or not there at all."""

from __future__ import annotations

import os
import re
from email.message import EmailMessage
from pathlib import Path

UNFIT = re.compile(r"[^0-9A-Za-z._@-]+")


def keep(message: EmailMessage, folder: Path) -> Path:
    """Write the message as `.eml`; the same message once, however often it is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{UNFIT.sub('', str(message['Message-ID']))}.eml"
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(message.as_bytes())
    fresh.replace(path)
    return path
