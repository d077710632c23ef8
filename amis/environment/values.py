"""Values by their names, typed; what is wrong with them is remembered and told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

N = TypeVar("N", int, float)


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
        path = self._values.get(f"{name}_FILE", "").strip()
        if path and not self._values.get(name):
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                self.faults.append(f"{name}_FILE: cannot read {path}: {error}")
                return default
        return self._values.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        text = self.text(name, "1" if default else "0").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text not in {"0", "false", "no", "off"}:
            self.faults.append(f"{name}: {text!r} is neither 1 nor 0")
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
            self.faults.append(f"{name}: {text!r} is not a number")
            return default
        if not lowest <= value <= highest:
            self.faults.append(f"{name}: {text} is not between {lowest:g} and {highest:g}")
            return default
        return value

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        text = self.text(name, default)
        if text not in choices:
            self.faults.append(f"{name}: {text!r} is not one of {', '.join(choices)}")
        return text
