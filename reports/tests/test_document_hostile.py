"""What people type in is printed as it was typed: nothing is calculated, run, loaded or fetched."""

import io
import re
import socket
from dataclasses import replace

import openpyxl
import pypdf
import pytest

from ai_insights.grounding.fact import Fact
from reports.document.clean import cleaned
from reports.document.content import Content
from reports.document.files import report_pdf
from reports.document.lines import csv_of
from reports.document.plain import from_plain, to_plain
from reports.document.pluto import pluto_pdf
from reports.document.printable import Document
from reports.document.report import report_html
from reports.document.rows import StopRow
from reports.document.workbook import workbook_of
from reports.tests.sample_content import sample_content

FORMULAS = [
    f"{sign}{rest}"
    for sign in ("=", "+", "-", "@")
    for rest in (
        "1+1", "cmd|' /C calc'!A0", "SUM(A1:A9)*2", 'HYPERLINK("http://127.0.0.1:PORT/","x")',
        "2+5+cmd|'/C notepad'!A1", 'IMPORTXML("http://127.0.0.1:PORT/a","//b")', "A1&A2",
        'DDE("cmd";"/C calc";"x")', "10/0", '"plain"&"text"',
    )
]  # fmt: skip
MARKUP = [
    "<script>fetch('http://127.0.0.1:PORT/js')</script>",
    "<img src=http://127.0.0.1:PORT/img>",
    "<img src=x onerror=alert(1)>",
    "<link rel=stylesheet href=http://127.0.0.1:PORT/css>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<a href=http://127.0.0.1:PORT/a>click</a>",
    "<iframe src=file:///etc/passwd></iframe>",
    "<object data=http://127.0.0.1:PORT/o></object>",
    "<svg><image href=http://127.0.0.1:PORT/s /></svg>",
    "</title><style>@import url(http://127.0.0.1:PORT/i)</style>",
    "</style><style>*{background:url(http://127.0.0.1:PORT/b)}",
    "<base href=http://127.0.0.1:PORT/>",
    "<meta http-equiv=refresh content=0;url=http://127.0.0.1:PORT/>",
    "{{ 7*7 }}{% include 'report.html' %}",
    "{{ content.__class__.__mro__ }}",
    "&lt;b&gt;bold&lt;/b&gt; &amp; &#60;i&#62;",
    "]]><!--", "--><b>x</b>",
    "<table></td></tr></table>",
    "url(http://127.0.0.1:PORT/u)",
]  # fmt: skip


@pytest.fixture(scope="module")
def door():
    """A server that nobody should knock at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        yield listening


@pytest.fixture(scope="module")
def payloads(door):
    port = str(door.getsockname()[1])
    return [text.replace("PORT", port) for text in [*FORMULAS, *MARKUP]]


def hostile(payloads):
    """Every payload as a reason, a name and a fact; the first places hold some as well."""
    content = replace(sample_content(), forecasts=(), records=())
    start = content.head.start
    machines = [
        replace(content.performance[n % 3], machine_id=f"M{n}", machine_name=text)
        for n, text in enumerate(payloads[-20:])
    ]
    return replace(
        content,
        head=replace(content.head, plant_name=payloads[-20]),
        verdict=replace(content.verdict, sentence=payloads[-19], word=payloads[0]),
        machines=tuple(replace(one, machine_name=payloads[-18]) for one in content.machines),
        performance=tuple(machines),
        missing={"quality": payloads[-1]},
        stops=tuple(
            StopRow(machine_id=text, machine_name="Filler 2", start=start, end=None, minutes=1.0,
                    state="Held", reason=text, note=text)
            for text in payloads
        ),
        facts=tuple(
            Fact(id=f"K{n}", key="x", label=text, value=None, unit="", window="now")
            for n, text in enumerate(payloads)
        ),
    )  # fmt: skip


def squeezed(text):
    """Without what lines are broken at."""
    return re.sub(r"\s", "", text)


def text_of(pdf):
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def nobody_knocked(door):
    try:
        door.accept()
    except BlockingIOError:
        return True
    return False


def test_there_are_forty_formulas_and_twenty_pieces_of_markup():
    assert (len(set(FORMULAS)), len(set(MARKUP))) == (40, 20)


def test_the_pdf_prints_them_and_fetches_nothing(payloads, door):
    content = hostile(payloads)
    pdf = report_pdf(content, workbook_of(content))
    said = text_of(pdf)
    assert [text for text in payloads if squeezed(text) not in said] == []
    assert "root:" not in said
    assert list(pypdf.PdfReader(io.BytesIO(pdf)).attachments) == [
        "amis-plant_chicago-2026-11-18.xlsx"
    ]
    assert nobody_knocked(door)


def test_the_second_renderer_fetches_nothing_either(payloads, door):
    content = hostile(payloads)
    document = Document(html=report_html(content, {}), title="x", made_at="2026-11-19T14:00:00Z")
    said = text_of(pluto_pdf(document))
    assert [text for text in payloads if squeezed(text) not in said] == []
    assert nobody_knocked(door)


def test_nothing_of_them_is_markup_in_the_html(payloads):
    html = report_html(hostile(payloads), {})
    for element in ("<script", "<img", "<link", "<iframe", "<object", "<base", "<image", 'href="h'):
        assert element not in html
    assert html.count("<style>") == 1


def test_the_workbook_holds_them_as_text(payloads):
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(hostile(payloads))))
    cells = [row[6] for row in book["stops"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == payloads
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_the_csv_calculates_nothing(payloads):
    content = sample_content()
    records = [replace(content.records[0], machine_name=text, shift=text) for text in payloads]
    told = csv_of(replace(content, records=tuple(records))).decode()
    for cell in re.findall(r'(?:^|,)"?([^,"]*)', told):
        assert not cell.startswith(("=", "+", "@"))


def test_letters_that_no_file_holds_are_replaced():
    plain = to_plain(replace(sample_content(), ahead="a\x00b\x1bc\ud800d"))
    content = from_plain(Content, cleaned(plain))
    assert content.ahead == "a\ufffdb\ufffdc\ufffdd"
    assert "a\ufffdb" in report_html(content, {})
    assert workbook_of(content)
