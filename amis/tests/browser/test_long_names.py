"""Names as long as people make them: shown whole at every width."""

from __future__ import annotations

import pytest

from amis.tests.browser.conftest import plant_of_alice
from amis.tests.browser.faults import faults_of

pytestmark = pytest.mark.browser
NAME = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauamt"
EQUIPMENT = f"""
shift_patterns:
  - name: day-shift
    days: [mon, tue, wed, thu, fri, sat, sun]
    shifts: [{{name: Day, start: "06:00", end: "14:00"}}]
areas:
  - name: Hall
    lines:
      - name: Line
        machines:
          - {{machine_id: F01, machine_name: {NAME}, capacity: 480, shift_pattern: day-shift}}
"""
PAGES = (
    "/",
    "/machines/F01/",
    "/settings/",
    "/settings/members/",
    "/reports/",
    "/accounts/plants/",
)
WIDTHS = (320, 390, 768, 1366)
CUT = """name => [...document.querySelectorAll("body *")].filter(one => {
  const says = [...one.childNodes].some(n => n.nodeType === 3 && n.textContent.includes(name));
  const isShown = one.checkVisibility({visibilityProperty: true});
  if (!says || !isShown || one.closest(".visually-hidden")) return false;
  const text = document.createRange();
  text.selectNodeContents(one);
  const seen = text.getBoundingClientRect();
  const frames = [];
  for (let box = one; box; box = box.parentElement) frames.push(box);
  const leaves = box => seen.right > box.getBoundingClientRect().right + 1;
  const holds = box => box === one || getComputedStyle(box).overflowX !== "visible";
  return seen.width > 1 && (seen.right > innerWidth + 1 || frames.some(b => holds(b)
    && getComputedStyle(b).display !== "inline" && leaves(b)));
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def long_plant(demo) -> str:
    """The address of a plant with a long name, which alice manages, and a machine with one."""
    address = plant_of_alice(demo, "plant_long", NAME)
    equipment = demo.home / "long.yaml"
    equipment.write_text(EQUIPMENT, encoding="utf-8")
    demo.manage("import_equipment", str(equipment), "--tenant", "plant_long")
    return address


def test_a_name_of_sixty_letters_is_shown_whole_on_every_page(long_plant, visit):
    assert len(NAME) == 60
    alice = visit("alice", url=long_plant)
    page = alice.go("/settings/members/")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("E-mail").fill(f"{NAME}@amis.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_role("status").wait_for()
    cut = {}
    for path in PAGES:
        page = alice.go(path)
        assert NAME in page.content(), path
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(CUT, NAME):
                cut[path, width] = found
    assert cut == {}


def test_tables_are_cards_on_a_phone_and_hide_no_column(visit):
    alice = visit("alice")
    alice.page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/settings/", "/settings/members/", "/settings/tokens/", "/reports/"):
        page = alice.go(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for table in page.locator(".scroll").all():
            hidden = table.evaluate("one => one.scrollWidth - one.clientWidth")
            assert hidden <= 0, f"{path}: {table.get_attribute('aria-label')}"


def test_a_long_plant_is_accessible_in_both_themes(long_plant, visit):
    assert faults_of(visit("alice", url=long_plant, bypass_csp=True), "/", (320, 1366)) == {}
