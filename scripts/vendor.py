"""Copy the browser's files from npm into `static/vendor/`, exact versions, with their licences.

Without options it fetches with npm's own client and writes `static/vendor/manifest.json`; `--check`
compares what is committed with the manifest and needs neither network nor npm.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
TARGET = STATIC / "vendor"
MANIFEST = TARGET / "manifest.json"
SPRITE = TARGET / "icons.svg"
# package → version, {path in the package: path under static/vendor, or from the root with a /}
PACKAGES: dict[str, tuple[str, dict[str, str]]] = {
    "bootstrap": (
        "5.3.9",
        {"dist/css/bootstrap.min.css": "bootstrap.min.css", "LICENSE": "bootstrap.LICENSE"},
    ),
    "uplot": (
        "1.6.32",
        {
            "dist/uPlot.iife.min.js": "uPlot.min.js",
            "dist/uPlot.min.css": "uPlot.min.css",
            "LICENSE": "uPlot.LICENSE",
        },
    ),
    "@fontsource/ibm-plex-sans": (
        "5.3.0",
        {
            **{
                f"files/ibm-plex-sans-{subset}-{weight}-normal.woff2": (
                    f"plex-{subset}-{weight}.woff2"
                )
                for subset in ("latin", "latin-ext")
                for weight in (400, 600)
            },
            "LICENSE": "plex.LICENSE",
        },
    ),
    "axe-core": (
        "4.14.1",
        {
            "axe.min.js": "/amis/tests/browser/axe.min.js",
            "LICENSE": "/amis/tests/browser/axe.LICENSE",
        },
    ),
}
ICON_PACKAGE = ("lucide-static", "1.62.0")
ICONS = (
    "arrow-left-right", "chart-line", "chevron-down", "chevron-right", "circle-check",
    "circle-dashed", "clock", "diamond", "gauge", "layout-dashboard", "log-out", "minus", "moon",
    "octagon-alert", "play", "plug-zap", "refresh-cw", "settings", "shield-alert", "square",
    "sun", "triangle-alert", "unplug", "user", "check", "pause", "info", "lightbulb", "file-text",
    "sparkles", "download", "mail",
)  # fmt: skip


def main(words: list[str]) -> int:
    if words == ["--check"]:
        return check()
    fetch()
    return 0


def check() -> int:
    """0 when every vendored file is what the manifest says, else 1 and the names."""
    wanted = json.loads(MANIFEST.read_text())["files"]
    bad = [name for name, digest in wanted.items() if _digest(ROOT / name) != digest]
    for name in bad:
        sys.stderr.write(f"{name} is not what was vendored; run: make vendor\n")
    return 1 if bad else 0


def fetch() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, (version, files) in PACKAGES.items():
            package = _unpack(f"{name}@{version}", Path(scratch))
            for source, place in files.items():
                target = ROOT / place.removeprefix("/") if place.startswith("/") else TARGET / place
                target.parent.mkdir(parents=True, exist_ok=True)
                content = package.extractfile(f"package/{source}")
                assert content is not None, (name, source)
                data = content.read()
                if target.suffix == ".css":
                    data = re.sub(rb"/\*# sourceMappingURL=.*?\*/\s*", b"", data)
                target.write_bytes(data)
                written.append(target)
        written += _sprite(_unpack("@".join(ICON_PACKAGE), Path(scratch)))
    versions = {name: version for name, (version, _) in PACKAGES.items()} | dict([ICON_PACKAGE])
    files = {str(path.relative_to(ROOT)): _digest(path) for path in sorted(written)}
    MANIFEST.write_text(json.dumps({"packages": versions, "files": files}, indent=2) + "\n")


def _unpack(package: str, scratch: Path) -> tarfile.TarFile:
    done = subprocess.run(
        ["npm", "pack", "--silent", package],
        cwd=scratch,
        check=True,
        capture_output=True,
        text=True,
    )
    return tarfile.open(scratch / done.stdout.strip().splitlines()[-1])


def _sprite(package: tarfile.TarFile) -> list[Path]:
    """The icons that the pages use as symbols of one file."""
    symbols = []
    for icon in ICONS:
        content = package.extractfile(f"package/icons/{icon}.svg")
        assert content is not None, icon
        inner = re.search(r"<svg[^>]*>(.*)</svg>", content.read().decode(), re.S)
        assert inner
        body = re.sub(r"\s+", " ", inner[1]).strip()
        symbols.append(f'<symbol id="{icon}" viewBox="0 0 24 24">{body}</symbol>')
    SPRITE.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    )
    licence = package.extractfile("package/LICENSE")
    assert licence is not None
    target = TARGET / "lucide.LICENSE"
    target.write_bytes(licence.read())
    return [SPRITE, target]


def _digest(path: Path) -> str:
    if not path.exists():
        return "missing"
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
