"""Writes the files of a report: python -m reports.document CONTENT.json FOLDER --formats pdf,xlsx

Prints {format: file name} as JSON. It reads nothing but its content and the fonts, so that a worker
can run it beside itself, stop it at any time and have its memory back.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from reports.document.charts import charts
from reports.document.clean import cleaned
from reports.document.content import Content
from reports.document.files import FORMATS, files_of
from reports.document.pdf import NoRenderer
from reports.document.plain import NotAContent, from_plain


def main(words: Sequence[str]) -> int:
    """0; 1 with one sentence where something is missing or wrong; 2 for unknown options."""
    options = _options().parse_args(words)
    unknown = [name for name in options.formats if name not in FORMATS]
    if unknown:
        return _said(f"There is no format {', '.join(unknown)}; there are {', '.join(FORMATS)}.")
    try:
        content = _read(options.content)
        told = _written(content, options.folder, options.formats)
        if options.charts:
            _write_charts(content, options.folder)
    except (OSError, NotAContent, NoRenderer) as error:
        return _said(str(error))
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _read(path: Path) -> Content:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NotAContent(f"{path.name} is no JSON: {error}.") from error
    return from_plain(Content, cleaned(plain))


def _written(content: Content, folder: Path, formats: Sequence[str]) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    told = {}
    for form, name, made in files_of(content, formats):
        (folder / name).write_bytes(made)
        told[form] = name
    return told


def _write_charts(content: Content, folder: Path) -> None:
    """Each as NAME.svg, with a machine's name made a file's name."""
    for name, svg in charts(content).items():
        safe = "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in name)
        (folder / f"{safe}.svg").write_text(svg + "\n", encoding="utf-8")


def _said(sentence: str) -> int:
    sys.stderr.write(sentence.strip().replace("\n", " ") + "\n")
    return 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports.document", description=__doc__)
    parser.add_argument("content", type=Path, metavar="CONTENT.json")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--formats", type=lambda text: text.split(","), default=["pdf"])
    parser.add_argument("--charts", action="store_true", help="the charts as SVG too")
    return parser


if __name__ == "__main__":
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    sys.exit(main(sys.argv[1:]))
