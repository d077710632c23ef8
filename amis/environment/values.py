"""Values by their names, typed; what is wrong with them is remembered and told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

N = TypeVar("N", int, float)
LONGEST_SHOWN = 60
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters but tabs and line ends, and bytes that are no UTF-8."""


class BadEnvironment(Exception):
    """All values that AMIS cannot start with, one line each."""

    def __init__(self, faults: list[str]) -> None:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"AMIS cannot start; mend these in the environment or in .env:\n{lines}")
        self.faults = faults


class Values:
    """Takes values one by one and remembers in `faults` what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.faults: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """Without the white space around it; `default` where nothing usable is said."""
        path = self._values.get(f"{name}_FILE", "").strip()
        text = self._values.get(name, "").strip()
        if path and not text:
            try:
                text = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or error
                self.faults.append(
                    f"{name}_FILE: cannot read {shown(path)} ({why}); name a readable file of text"
                )
                return default
        if UNFIT.search(text):
            self.faults.append(
                f"{name}: holds a control character or bytes that are no UTF-8; write it anew"
            )
            return default
        return text or default

    def flag(self, name: str, *, default: bool) -> bool:
        text = self.text(name, "1" if default else "0").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text not in {"0", "false", "no", "off"}:
            self.faults.append(f"{name}: {shown(text)} is neither 1 nor 0")
        return False

    def number(
        self, name: str, default: N, kind: Callable[[str], N], *, lowest: float, highest: float
    ) -> N:
        text = self.text(name)
        if not text:
            return default
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not lowest <= value <= highest:
            self.faults.append(
                f"{name}: {shown(text)} is not a number between {lowest:g} and {highest:g}"
            )
            return default
        return value

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        text = self.text(name, default)
        if text not in choices:
            self.faults.append(f"{name}: {shown(text)} is not one of {', '.join(choices)}")
        return text


def shown(text: str) -> str:
    """A value in quotes, cut where it is long."""
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")
