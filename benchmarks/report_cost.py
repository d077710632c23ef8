"""G11: what a report costs: a PDF of ten pages and more with its charts and 200 rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader

from amis.environment import ROOT
from benchmarks.figure import CannotMeasure, Figure
from benchmarks.stack import Stack
from reports.document.charts import charts
from reports.document.plain import to_plain
from reports.tests.sample_content import large_content

MOST_S, MOST_MB = 8.0, 400.0
PAGES, CHARTS, ROWS = 10, 6, 200
HIDDEN = "import sys; sys.modules['weasyprint'] = None; "
RUN = "import sys; from reports.document.__main__ import main; sys.exit(main(sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process from its start to its end: CPU seconds, peak of resident memory in MB."""

    cpu_s: float
    peak_mb: float
    pages: int


def measure(stack: Stack, *, quick: bool) -> Figure:
    """As a worker makes it, in a process of its own, imports included. No demo is needed, and
    `quick` is the same.
    """
    content = large_content(machines=3, rows=ROWS // 2)
    drawn = len(charts(content))
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "content.json"
        path.write_text(json.dumps(to_plain(content)), encoding="utf-8")
        first = _cost(RUN, path)
        second = _cost(HIDDEN + RUN, path)
    return figure_of(first, second, drawn)


def figure_of(first: Cost, second: Cost, drawn: int) -> Figure:
    """`first` is WeasyPrint's cost, `second` PlutoPrint's; `drawn` charts are in the report."""
    is_large = first.pages >= PAGES and drawn >= CHARTS
    cheap = all(one.cpu_s <= MOST_S and one.peak_mb <= MOST_MB for one in (first, second))
    return Figure(
        title=f"CPU time of a report of {first.pages} pages, {drawn} charts and {ROWS} rows",
        value=first.cpu_s, unit="s", limit=MOST_S, passed=is_large and cheap,
        counts={"peak_mb": first.peak_mb, "pages": first.pages, "charts": drawn,
                "plutoprint_s": second.cpu_s, "plutoprint_peak_mb": second.peak_mb},
        details=(
            f"WeasyPrint {first.cpu_s:.1f} s, peak {first.peak_mb:.0f} MB; without Pango "
            f"{second.cpu_s:.1f} s, peak {second.peak_mb:.0f} MB, limit {MOST_MB:.0f} MB",
        ),
    )  # fmt: skip


def _cost(code: str, content: Path) -> Cost:
    """Raises CannotMeasure with what the process said."""
    folder = content.parent / "out"
    words = [sys.executable, "-c", code, str(content), str(folder), "--formats", "pdf,xlsx"]
    with (content.parent / "said").open("w+") as said:
        process = subprocess.Popen(words, cwd=ROOT, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode:
            raise CannotMeasure(f"A report cannot be made:\n{said.read()[-1500:]}")
    (made,) = folder.glob("*.pdf")
    return Cost(
        round(used.ru_utime + used.ru_stime, 3),
        round(used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1),
        len(PdfReader(made).pages),
    )
