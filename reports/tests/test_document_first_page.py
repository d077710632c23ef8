"""The first page is one page whatever the plant, and says what the content says."""

import io
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest
import weasyprint

from reports.document.content import Action, Completeness
from reports.document.files import report_pdf
from reports.document.printable import NOWHERE
from reports.document.report import report_html
from reports.document.weasy import Bundled
from reports.tests.sample_content import large_content, sample_content

LONG = "A sentence that goes on and on about Wörthersee-Abfüllanlage and its many belongings; "


def first_page(content):
    """Its HTML alone."""
    head, _, rest = report_html(content, {}).partition('<section class="chapter"')
    assert rest
    return head


def pages_if_it_could_grow(content):
    style = ".first-page { height: auto !important; overflow: visible !important }"
    html = first_page(content)
    page = weasyprint.HTML(string=html, base_url=NOWHERE, url_fetcher=Bundled())
    return len(page.render(stylesheets=[weasyprint.CSS(string=style)]).pages)


def pdf_text(content, *, page):
    made = pypdf.PdfReader(io.BytesIO(report_pdf(content, b"workbook")))
    return made.pages[page].extract_text()


def crowded():
    """Every part as long as a plant can make it."""
    content = large_content(machines=50)
    shift = content.next_shift
    losses = replace(
        content.losses,
        rows=tuple(
            replace(row, label="Equipment failures", detail=LONG * 3) for row in content.losses.rows
        ),
    )
    return replace(
        content,
        head=replace(content.head, plant_name=LONG, revision=3, late=True, simulated=True),
        verdict=replace(content.verdict, word=LONG, sentence=LONG * 9),
        kpis=tuple(replace(kpi, note=LONG, before_name="the week before") for kpi in content.kpis),
        losses=losses,
        next_shift=replace(shift, name=LONG, sentences=(LONG * 9,), rows=tuple(
            replace(row, machine_name="Wörthersee-Abfüllanlage" * 3) for row in shift.rows)),
        machines=tuple(replace(one, machine_name="M" * 80) for one in content.machines),
        ahead=LONG * 9,
        actions=(Action(what=LONG * 2, who=LONG, expected=LONG),) * 5,
        completeness=Completeness(share=0.5, sentences=(LONG * 20,)),
    )  # fmt: skip


def wordy():
    """Few machines, and every sentence long."""
    content = crowded()
    few = sample_content()
    shift = replace(content.next_shift, rows=few.next_shift.rows)
    return replace(content, machines=few.machines, next_shift=shift)


def empty():
    """A plant on its first day."""
    content = sample_content()
    return replace(
        content, machines=(), next_shift=None, ahead="", actions=(), oddities=None, analysis=None,
        losses=replace(content.losses, busy_min=None, lost_min=None, rows=()),
        kpis=tuple(replace(kpi, value=None, target=None, before=None, note="no data yet")
                   for kpi in content.kpis),
        completeness=Completeness(share=None),
        missing={"next_shift": "A prediction needs 30 shifts; this plant has 2."},
    )  # fmt: skip


def weekly():
    content = sample_content()
    head = content.head
    first = head.first_day - timedelta(days=6)
    start = head.start - timedelta(days=6)
    kpis = tuple(replace(kpi, before_name="the week before") for kpi in content.kpis)
    week = replace(head, kind="weekly", first_day=first, start=start)
    return replace(content, head=week, kpis=kpis)


@pytest.mark.parametrize("content", [sample_content, crowded, wordy, empty, weekly, large_content])
def test_it_is_one_page_and_nothing_is_cut_off(content):
    assert pages_if_it_could_grow(content()) == 1


def test_it_says_the_figures_of_the_content():
    html = first_page(sample_content())
    said = (
        html.replace("&nbsp;", "\u00a0").replace('<span class="unit">', "").replace("</span>", "")
    )
    for words in (
        "Chicago, Wednesday 18 November 2026", "06:00 Wed – 06:00 Thu, CST (UTC−6)",
        "Made Thu 19 Nov 2026 08:00 CST", "Below target", "82.5\u00a0%", "−2.5 to target 85.0",
        "−0.9 on Tue, worse", "+9 on Tue, worse", "85,980", "214\u00a0min", "73.1\u00a0%",
        "−363\u00a0min", "Where 699 minutes went", "17.5\u00a0%", "Late shift today 14:00–22:00",
        "Three actions", "Thu 19 Nov", "Data completeness: 99.1\u00a0%",
    ):  # fmt: skip
        assert words in said, words


def test_a_week_says_once_what_it_is_compared_with():
    html = first_page(weekly())
    assert html.count("Compared with the week before") == 1
    assert ">−0.9, worse&" in html
    assert "12–18 November 2026" in html


def test_many_machines_show_the_six_worst_and_say_how_many_follow():
    html = first_page(large_content(machines=50))
    assert html.count("States of ") == 6
    assert "and 44 more on page" in html


def test_what_is_not_known_is_said_and_never_a_zero():
    html = first_page(empty())
    assert "A prediction needs 30 shifts; this plant has 2." in html
    assert "no data yet" in html
    assert "0.0\u00a0%" not in html


def test_a_correction_and_a_late_report_say_so():
    content = sample_content()
    late = replace(content, head=replace(content.head, revision=2, late=True))
    html = first_page(late)
    assert "revision 2, corrects the one before, sent late" in html


def test_each_strip_has_words_for_who_cannot_see_it():
    html = first_page(sample_content())
    assert "title>States of Filler 2 over time; 363\u00a0min were lost<" in html


def test_a_card_says_whole_words_of_large_changes():
    content = sample_content()
    kpis = tuple(
        replace(
            kpi, kind="pieces", value=2114.0, before=1000.0, before_name="Wed", note="no target"
        )
        for kpi in content.kpis
    )
    said = pdf_text(replace(content, kpis=kpis), page=0)
    assert [said.count(f"+1,114 on Wed, {word}") for word in ("better", "worse")] == [5, 1]


def test_a_long_name_is_shortened_once():
    content = sample_content()
    machines = tuple(
        replace(one, machine_name=f"Assembly of the western hall number {n}0")
        for n, one in enumerate(content.machines, 1)
    )
    said = pdf_text(replace(content, machines=machines), page=0)
    assert "Assemb…er 10" in said
    assert "……" not in said
