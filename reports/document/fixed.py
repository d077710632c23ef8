"""A figure of the pages at a fixed width, so that it stands alone: on paper and as a file.

On a page a figure stretches (positions in per cent, nested parts, classes from the style sheet);
here all of that becomes plain pixels and attributes, which every renderer draws alike.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from reports.document.look import look_of

SVG = "http://www.w3.org/2000/svg"
AXIS = 52.0
"""Pixels that a framed figure leaves to the labels of its upward axis."""
NARROW = 420.0
"""Below this width labels give way that do so on a phone."""
HATCH_STEP = 6.0
"""Pixels across from one diagonal of a changeover to the next."""
ACROSS = ("x", "x1", "x2", "cx", "width")
STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")


def fixed(figure: str, *, width: float, bleed: float = 0.0) -> str:
    """The same figure, `width` pixels wide, with its title as the alternative text. `bleed` pixels
    at both sides are kept for what is drawn around a place at its edge.
    """
    root = ElementTree.fromstring(figure)
    height = root.get("height", "0")
    drawn = _made("svg", width=f"{width:g}", height=height, viewBox=f"0 0 {width:g} {height}")
    width -= 2 * bleed
    drawn.set("role", "img")
    drawn.set("xmlns", SVG)
    left = AXIS if "framed" in root.get("class", "").split() else 0.0
    title = root.find(f"{{{SVG}}}title")
    if title is not None:
        ElementTree.SubElement(drawn, "title").text = title.text
        root.remove(title)
    holder = _part(drawn, left + bleed)
    for child in root:
        _draw(child, holder, width=width - left, is_narrow=width < NARROW)
    return ElementTree.tostring(drawn, encoding="unicode")


def title_of(figure: str) -> str:
    """What a figure says in one sentence."""
    return ElementTree.fromstring(figure).findtext(f"{{{SVG}}}title") or ""


def hatched(rect: ElementTree.Element) -> str:
    """Diagonals that fill a rectangle: not every renderer of PDF knows patterns."""
    x, y, width, height = (float(rect.get(name, "0")) for name in ("x", "y", "width", "height"))
    steps, reach = [], x + y + HATCH_STEP / 2
    while reach < x + y + width + height:
        left, right = max(x, reach - y - height), min(x + width, reach - y)
        steps.append(f"M{left:.2f} {reach - left:.2f}L{right:.2f} {reach - right:.2f}")
        reach += HATCH_STEP
    return "".join(steps)


def _draw(
    node: ElementTree.Element,
    parent: ElementTree.Element,
    *,
    width: float,
    is_narrow: bool,
    scale: float = 1.0,
) -> None:
    """Copies a node; inside a stretched part lengths across are multiplied by `scale`."""
    tag = node.tag.rpartition("}")[2]
    classes = node.get("class", "").split()
    if tag == "defs" or (is_narrow and "minor" in classes):
        return
    if tag == "svg":
        _draw_nested(node, parent, width=width, is_narrow=is_narrow)
        return
    copy = _made(tag, **look_of(tag, classes))
    for name, value in node.attrib.items():
        if name in ACROSS:
            copy.set(name, f"{_pixels(value, width) * scale:.2f}".rstrip("0").rstrip("."))
        elif name == "d" and scale != 1:
            copy.set(name, _scaled(value, scale))
        elif name != "class":
            copy.set(name, value)
    copy.text = node.text
    parent.append(copy)
    if "changeover" in classes:
        parent.append(_made("path", d=hatched(copy), **look_of("path", ["hatch"])))
    for child in node:
        _draw(child, copy, width=width, is_narrow=is_narrow, scale=scale)


def _draw_nested(
    node: ElementTree.Element, parent: ElementTree.Element, *, width: float, is_narrow: bool
) -> None:
    """An inner svg is a stretched part, one beside an axis, or pixels around a place."""
    left, scale = _pixels(node.get("x", "0"), width), 1.0
    if box := node.get("viewBox"):
        scale = width / float(box.split()[2])
    elif "inset" in node.get("class", "").split():
        width -= left
    holder = _part(parent, left)
    for child in node:
        _draw(child, holder, width=width, is_narrow=is_narrow, scale=scale)


def _part(parent: ElementTree.Element, left: float) -> ElementTree.Element:
    """Where children go whose zero lies `left` pixels further right."""
    if not left:
        return parent
    return ElementTree.SubElement(parent, "g", transform=f"translate({left:.2f} 0)")


def _made(tag: str, **attributes: str) -> ElementTree.Element:
    """Without a namespace: the prefix that it is written with is a setting of the whole process."""
    return ElementTree.Element(tag, attributes)


def _pixels(value: str, width: float) -> float:
    return float(value[:-1]) / 100 * width if value.endswith("%") else float(value)


def _scaled(path: str, scale: float) -> str:
    """A path of M, L, H, V and Z, small or capital, with its numbers across multiplied."""
    steps = []
    for letter, words in STEP.findall(path):
        numbers = [float(word) for word in words.replace(",", " ").split()]
        if letter in "Hh":
            numbers = [x * scale for x in numbers]
        elif letter not in "Vv":
            numbers = [x if n % 2 else x * scale for n, x in enumerate(numbers)]
        steps.append(letter + " ".join(f"{x:.2f}".rstrip("0").rstrip(".") for x in numbers))
    return "".join(steps)
