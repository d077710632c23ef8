"""Every word of the paper's templates is marked for whoever translates AMIS."""

from __future__ import annotations

import re

import pytest

from reports.document.report import FOLDER

TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
MARKUP = re.compile(r"{%.*?%}|{{.*?}}|<[^>]*>|&nbsp;", re.DOTALL)
MARK = re.compile(r'_\("(?:[^"\\]|\\.)*"\)')
SAID = re.compile(r'{{[^}]*"([A-Za-z]\w* [^"]*|[A-Z][a-z]+)"')


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_of_a_template_stands_outside_a_mark(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"[A-Za-z]{2,}", MARKUP.sub(" ", text)) == []
    assert SAID.findall(MARK.sub("", text)) == []
