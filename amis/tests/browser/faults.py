"""What is wrong with a page for somebody: axe's WCAG 2.2 AA, and what does not fit the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

from amis.tests.browser.visit import Visit

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 768, 1366, 1920)
RUN = """async rules => {
  const only = {type: "tag", values: rules};
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
  const place = node => node.target + " " + node.any.map(one => one.message);
  return found.violations.map(one => one.id + ": " + one.nodes.map(place).join(" | "));
}"""


def faults_of(person: Visit, path: str, widths: Sequence[int] = WIDTHS) -> dict[str, list[str]]:
    """What axe and the ruler find, by theme and width; none is an empty dict."""
    page = person.go(path)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    return faults_here(page, widths)


def faults_here(page: Page, widths: Sequence[int] = WIDTHS) -> dict[str, list[str]]:
    """The same of the page as it stands, with whatever is open in it."""
    faults = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found = axe(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"wider than the window: {wide}"] if wide > width else []
            if found:
                faults[f"{theme} {width}"] = found
    return faults


def axe(page: Page) -> list[str]:
    """The violations at this width and in this theme."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(RUN, RULES)
