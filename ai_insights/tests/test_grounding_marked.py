"""Every word that the rules write is marked for whoever translates AMIS."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_insights.grounding import rules

MODULES = sorted(Path(rules.__file__).parent.glob("*.py"))


def words(node: ast.AST) -> Iterator[str]:
    """The texts with a word in them, but for what is marked and the names in braces."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.search("[A-Za-z]{2}", re.sub(r"{\w*}", "", node.value)):
            yield node.value
        return
    for child in ast.iter_child_nodes(node):
        yield from words(child)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_word_of_a_sentence_stands_outside_a_mark(path):
    unmarked: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            unmarked += words(node.args[0])
        if isinstance(node, ast.keyword) and node.arg == "task":
            unmarked += words(node.value)
        if isinstance(node, ast.JoinedStr):
            unmarked += [text for text in words(node) if " " in text.strip() or text[0] == " "]
    assert [text for text in unmarked if "has no value to print" not in text] == []
