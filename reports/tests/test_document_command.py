"""`python -m reports.document` as a worker runs it."""

import json
import subprocess
import sys
from dataclasses import replace

import pypdf
import pytest

from reports.document.__main__ import main
from reports.document.plain import to_plain
from reports.tests.sample_content import sample_content


@pytest.fixture
def content(tmp_path):
    path = tmp_path / "content.json"
    short = replace(sample_content(), stops=(), records=())
    path.write_text(json.dumps(to_plain(short)), encoding="utf-8")
    return path


def test_it_writes_the_files_and_says_their_names(content, tmp_path, capsys):
    folder = tmp_path / "out"
    assert main([str(content), str(folder), "--formats", "xlsx,csv", "--charts"]) == 0
    told = json.loads(capsys.readouterr().out)
    stem = "amis-plant_chicago-2026-11-18"
    assert told == {"xlsx": f"{stem}.xlsx", "csv": f"{stem}.csv"}
    assert all((folder / name).stat().st_size for name in told.values())
    drawn = {path.name for path in folder.glob("*.svg")}
    assert {"loss_waterfall.svg", "feature_importance.svg", "forecast_oee.svg"} <= drawn
    assert (folder / "loss_waterfall.svg").read_text().startswith("<svg")


def test_as_a_program_it_makes_a_pdf_without_django(content, tmp_path):
    code = (
        "import sys; from reports.document.__main__ import main;"
        f"status = main([{str(content)!r}, {str(tmp_path)!r}, '--formats', 'pdf']);"
        "assert 'django' not in sys.modules and 'weasyprint' in sys.modules; sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("*.pdf")
    assert path.read_bytes().startswith(b"%PDF-1.7")
    assert json.loads(done.stdout) == {"pdf": path.name}


NO_PANGO = """
import sys, cffi
opened = cffi.FFI.dlopen
def missing(self, name, flags=0):
    if "pango" in str(name) or "gobject" in str(name):
        raise OSError(f"cannot load library {name!r}")
    return opened(self, name, flags)
cffi.FFI.dlopen = missing
from reports.document.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_where_pango_is_missing_the_pdf_is_made_and_nothing_else_is_printed(content, tmp_path):
    words = [sys.executable, "-c", NO_PANGO, str(content), str(tmp_path), "--formats", "pdf"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("*.pdf")
    assert json.loads(done.stdout) == {"pdf": path.name}
    assert "PlutoBook" in pypdf.PdfReader(path).metadata.creator


@pytest.mark.parametrize(
    ("text", "formats", "said"),
    [
        ("{", "pdf", "content.json is no JSON"),
        ("{}", "csv", "content has no head."),
        ("[]", "csv", "content is not an object"),
        ("{}", "docx", "There is no format docx; there are pdf, xlsx, csv."),
    ],
)
def test_an_error_is_one_sentence_and_status_1(tmp_path, capsys, text, formats, said):
    path = tmp_path / "content.json"
    path.write_text(text)
    assert main([str(path), str(tmp_path / "out"), "--formats", formats]) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_a_file_that_is_not_there_is_said(tmp_path, capsys):
    assert main([str(tmp_path / "nowhere.json"), str(tmp_path)]) == 1
    assert "nowhere.json" in capsys.readouterr().err
