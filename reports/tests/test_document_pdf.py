"""The PDF as a reader's program sees it: pages, outline, tags, fonts, attachment; two renderers."""

import importlib.abc
import io
import sys
from dataclasses import replace

import openpyxl
import pypdf
import pytest

from reports.document.files import report_pdf
from reports.document.pdf import NoRenderer
from reports.document.printable import NotBundled, bundled
from reports.document.workbook import workbook_of
from reports.tests.sample_content import sample_content


@pytest.fixture(scope="module")
def made():
    content = sample_content()
    return pypdf.PdfReader(io.BytesIO(report_pdf(content, workbook_of(content))))


def outline(reader):
    return [one.title for one in reader.outline if not isinstance(one, list)]


def figures(node, found):
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for one in node:
            figures(one, found)
    elif isinstance(node, dict):
        if node.get("/S") == "/Figure":
            found.append(node.get("/Alt"))
        figures(node.get("/K", []), found)
    return found


def test_the_first_page_is_the_summary_and_the_second_goes_on(made):
    first, second = (made.pages[n].extract_text() for n in (0, 1))
    assert "Three actions" in first
    assert "Data completeness: 99.1" in first
    assert f"Page 1 of {len(made.pages)}" in first
    assert second.startswith("Performance by machine")


def test_the_outline_names_the_sections(made):
    assert outline(made) == [
        "Summary", "Performance by machine", "Where the time went", "Production by shift",
        "Downtime trend", "The next shift", "Forecasts", "Analysis", "What to do", "Quality",
        "Anomalies", "Stops", "Shift records", "Data completeness and gaps", "Facts",
        "Models and definitions",
    ]  # fmt: skip


def test_it_is_tagged_archival_and_has_a_language_and_a_title(made):
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert made.metadata.title == "Chicago, Wednesday 18 November 2026, AMIS daily report"
    told = made.xmp_metadata.stream.get_data()
    assert b'pdfaid:part="3"' in told
    assert b'pdfaid:conformance="A"' in told


def test_every_figure_has_an_alternative_text(made):
    said = figures(made.trailer["/Root"]["/StructTreeRoot"], [])
    assert len(said) > 30
    assert all(said)
    assert any("Actual against predicted" in words for words in said)


def test_every_font_is_embedded(made):
    fonts = [
        font.get_object() for page in made.pages for font in page["/Resources"]["/Font"].values()
    ]
    assert {str(font["/BaseFont"]).partition("+")[2] for font in fonts} == {
        "AMIS-Sans", "AMIS-Sans-Semi-Bold",
    }  # fmt: skip
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in described


def test_the_workbook_travels_in_it(made):
    ((name, (content,)),) = made.attachments.items()
    assert name == "amis-plant_chicago-2026-11-18.xlsx"
    assert "summary" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames


def test_the_same_content_gives_the_same_bytes():
    content = replace(sample_content(), forecasts=(), stops=(), records=())
    workbook = workbook_of(content)
    assert workbook == workbook_of(content)
    assert report_pdf(content, workbook) == report_pdf(content, workbook)


class Hidden(importlib.abc.MetaPathFinder):
    """Imports of these packages fail as they do where a system library is missing."""

    def __init__(self, *names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise OSError("cannot load library 'libpango-1.0-0'")
        return


@pytest.fixture
def hide(monkeypatch):
    def hidden(*names):
        monkeypatch.setattr(sys, "meta_path", [Hidden(*names), *sys.meta_path])
        for name in list(sys.modules):
            if name.partition(".")[0] in names or name in (
                "reports.document.weasy", "reports.document.pluto",
            ):  # fmt: skip
                monkeypatch.delitem(sys.modules, name)

    return hidden


def test_without_pango_the_same_pages_are_made(hide, made):
    hide("weasyprint")
    content = sample_content()
    second = pypdf.PdfReader(io.BytesIO(report_pdf(content, b"")))
    assert "PlutoBook" in second.metadata.creator
    first = second.pages[0].extract_text()
    for words in ("Chicago, Wednesday 18 November 2026", "Below target", "Data completeness"):
        assert words in first
    assert f"Page 1 of {len(second.pages)}" in first
    assert abs(len(second.pages) - len(made.pages)) <= 2


def test_where_neither_renderer_works_it_says_what_to_install(hide):
    hide("weasyprint", "plutoprint")
    with pytest.raises(NoRenderer, match=r"libpango.*plutoprint"):
        report_pdf(sample_content(), b"")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/x", "file:///etc/passwd", "font:../manage.py", "font:icons.svg",
     "report:/x", "data:text/plain,x", "plex-latin-400.woff2"],
)  # fmt: skip
def test_nothing_but_our_fonts_is_given_out(url):
    with pytest.raises(NotBundled):
        bundled(url)
    assert bundled("font:plex-latin-400.woff2")[:4] == b"wOF2"


def test_a_long_unit_of_a_models_error_stays_in_its_column():
    content = sample_content()
    unit = "minutes of a machine's shift"
    models = tuple(replace(one, unit=unit) for one in content.models)
    content = replace(content, models=models)
    made = pypdf.PdfReader(io.BytesIO(report_pdf(content, workbook_of(content))))
    page = next(one for one in made.pages if "Models that served" in one.extract_text())
    said = page.extract_text()
    assert "14.2\u00a0minutes of a\nmachine's shift" in said
    assert f"{unit}17.3" not in said
