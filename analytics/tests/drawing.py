"""Reading a figure of ours as the browser does: its elements by class, its texts, its places."""

from __future__ import annotations

from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


class Drawing:
    def __init__(self, svg: str) -> None:
        self.root = ElementTree.fromstring(svg)

    @property
    def title(self) -> str:
        return self.root.findtext(f"{SVG}title") or ""

    @property
    def texts(self) -> list[str]:
        return [one.text or "" for one in self.root.iter(f"{SVG}text")]

    def of(self, css: str) -> list[ElementTree.Element]:
        """Elements that have all these classes."""
        wanted = set(css.split())
        return [one for one in self.root.iter() if wanted <= set((one.get("class") or "").split())]

    def share(self, element: ElementTree.Element, name: str) -> float:
        """A place across, 0..1."""
        return float((element.get(name) or "").rstrip("%")) / 100

    def steps(self, css: str) -> list[list[tuple[float, float]]]:
        """The corners of each path of a class: (units across, pixels down)."""
        paths = [one.get("d") or "" for one in self.of(css)]
        return [
            [
                (float(x), float(y))
                for x, y in (pair.split() for pair in path.strip("Mz").split(" L"))
            ]
            for path in paths
        ]
