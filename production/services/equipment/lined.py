"""YAML that remembers its lines, read key by key with a note of everything that is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from amis.errors import Invalid
from production.services.equipment.checks import odd_character

MAX_SHOWN = 20
MAX_ENTRIES = 500_000
"""Mappings of a file; aliases let a few lines stand for more than any plant has."""

MAX_METADATA = 100_000
NOTHING = "tag:yaml.org,2002:null"


@dataclass(slots=True)
class Faults:
    """What is wrong in the file, and on which line."""

    found: list[tuple[int, str]] = field(default_factory=list)
    entries: int = 0

    def count_entry(self, line: int) -> None:
        """Raise Invalid when the file goes on for too long."""
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise Invalid(f"line {line}: the file has more than {MAX_ENTRIES} entries.")

    def add(self, line: int, message: str) -> None:
        self.found.append((line, message))

    def raise_any(self) -> None:
        """Raise Invalid with every fault in the order of the file."""
        if not self.found:
            return
        faults = sorted(dict.fromkeys(self.found))
        lines = [f"line {line}: {message}" for line, message in faults[:MAX_SHOWN]]
        if len(faults) > MAX_SHOWN:
            lines.append(f"… and {len(faults) - MAX_SHOWN} more.")
        errors = [{"row": line, "field": None, "message": text} for line, text in faults]
        raise Invalid("\n".join(lines), errors=errors)


def read(text: str, *, known: Sequence[str]) -> tuple[Item, Faults]:
    """The file's top level. Raises Invalid with the line where it is not YAML at all."""
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Invalid(f"line {line}: the control character U+{error.character:04X}.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = error.problem or error.context
        raise Invalid(f"line {line}: this is not YAML: {what}.") from error
    except RecursionError as error:
        raise Invalid("line 1: the file is nested too deeply.") from error
    faults = Faults()
    if not isinstance(root, yaml.MappingNode):
        raise Invalid(f"line 1: the file must hold {', '.join(known)}.")
    return Item(loader, root, faults, known), faults


class Item:
    """One mapping of the file. What cannot be used is noted, and stands as its default."""

    def __init__(
        self, loader: yaml.SafeLoader, node: yaml.Node, faults: Faults, known: Sequence[str]
    ) -> None:
        self._loader, self._faults = loader, faults
        self.line = node.start_mark.line + 1
        self._values: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        if not isinstance(node, yaml.MappingNode):
            faults.add(self.line, f"expected keys and values: {', '.join(known)}.")
            return
        self._take(node, known)

    def _take(self, node: yaml.MappingNode, known: Sequence[str]) -> None:
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name not in known:
                self._faults.add(line, f"unknown key {name!r}; known are {', '.join(known)}.")
            elif name in self._lines:
                self._faults.add(line, f"{name} is there twice.")
            else:
                self._lines[name] = line
                if value.tag != NOTHING:
                    self._values[name] = value

    def has(self, key: str) -> bool:
        """Whether the key is written, even with nothing behind it."""
        return key in self._lines

    def line_of(self, key: str) -> int:
        return self._lines.get(key, self.line)

    def fault(self, key: str, message: str) -> None:
        self._faults.add(self.line_of(key), message)

    def note(self, line: int, message: str) -> None:
        """A fault on a line of its own."""
        self._faults.add(line, message)

    def text(self, key: str, *, required: bool = False, longest: int = 200) -> str:
        """Text as it is written: 007, No and 14:00 stay what they are."""
        node = self._values.get(key)
        if node is not None and not isinstance(node, yaml.ScalarNode):
            self.fault(key, f"{key} must be text.")
            return ""
        text = node.value.strip() if node is not None else ""
        odd = odd_character(node.value) if node is not None else None
        if odd:
            self.fault(key, f"{key} holds the control character {odd}.")
        elif required and not text:
            self.fault(key, f"{key} is missing.")
        elif len(text) > longest:
            self.fault(key, f"{key} is longer than {longest} characters.")
        else:
            return text
        return ""

    def choice(self, key: str, choices: Sequence[str], *, default: str) -> str:
        text = self.text(key) or default
        if text not in choices:
            self.fault(key, f"{key}: {text!r} is not one of {', '.join(choices)}.")
            return default
        return text

    def number(self, key: str) -> float | None:
        text = self.text(key)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fault(key, f"{key}: {text!r} is not a number.")
            return None
        return value

    def whole(self, key: str, *, default: int, lowest: int, highest: int) -> int:
        text = self.text(key)
        if not text:
            return default
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():
            self.fault(key, f"{key}: {text!r} is not a whole number.")
            return default
        if not lowest <= int(text) <= highest:
            self.fault(key, f"{key}: {text} is not between {lowest} and {highest}.")
            return default
        return int(text)

    def flag(self, key: str, *, default: bool) -> bool:
        text = self.text(key).lower()
        if text and text not in ("true", "false"):
            self.fault(key, f"{key}: {text!r} is neither true nor false.")
        return text == "true" if text else default

    def texts(self, key: str) -> list[str]:
        """A list of plain words."""
        words = []
        for node in self._sequence(key):
            if isinstance(node, yaml.ScalarNode):
                words.append(node.value)
            else:
                self._faults.add(node.start_mark.line + 1, f"{key}: expected words.")
        return words

    def items(self, key: str, known: Sequence[str]) -> Iterator[Item]:
        """A list of mappings."""
        for node in self._sequence(key):
            self._faults.count_entry(node.start_mark.line + 1)
            yield Item(self._loader, node, self._faults, known)

    def _sequence(self, key: str) -> list[yaml.Node]:
        node = self._values.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(key, f"{key} must be a list.")
            return []
        return list(node.value)

    def pairs(self, key: str) -> list[tuple[int, str, str]]:
        """A mapping of plain words: line, key, value."""
        node = self._values.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.MappingNode):
            self.fault(key, f"{key} must hold keys and values.")
            return []
        return [(k.start_mark.line + 1, str(k.value), str(v.value)) for k, v in node.value]

    def json_object(self, key: str) -> dict[str, Any]:
        """A free mapping that can be kept as JSON."""
        node = self._values.get(key)
        if node is None:
            return {}
        try:
            value = self._loader.construct_object(node, deep=True)
            text = _bounded_json(value)
        except (yaml.YAMLError, TypeError, ValueError, RecursionError):
            value, text = None, ""
        if not isinstance(value, dict) or "\\u0000" in text:
            self.fault(key, f"{key} must hold keys and values that JSON can keep.")
            return {}
        return dict(json.loads(text))


def _bounded_json(value: object) -> str:
    """Raises ValueError beyond a length: a few aliases can stand for more than memory holds."""
    parts, length = [], 0
    for part in json.JSONEncoder(allow_nan=False).iterencode(value):
        parts.append(part)
        length += len(part)
        if length > MAX_METADATA:
            raise ValueError("too long")
    return "".join(parts)
