"""Hold the pinned packages of the named requirement files against known weaknesses.

Ends with 1 where a package has one. Where the advisory service cannot be reached, one line says
that nothing was audited, and the status is 0: a machine without the internet can still build.
"""

import json
import subprocess
import sys
from pathlib import Path

PIP_AUDIT = Path(sys.executable).with_name("pip-audit")
# Advisories are asked for by package and version; nothing is installed or resolved for it.
OPTIONS = (
    "-s",
    "osv",
    "--disable-pip",
    "--require-hashes",
    "--progress-spinner",
    "off",
    "-f",
    "json",
)
AWAY = (
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "SSLError",
    "ProxyError",
    "ServiceError",
)
LIMIT_S = 300


def main(files: list[str]) -> int:
    named = [part for file in files for part in ("-r", file)]
    try:
        done = subprocess.run(
            [PIP_AUDIT, *OPTIONS, *named],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        status, said = verdict(done.stdout, done.stderr)
    except subprocess.TimeoutExpired:
        status, said = verdict("", "ReadTimeout")
    sys.stdout.write(said + "\n")
    return status


def verdict(found: str, errors: str) -> tuple[int, str]:
    """Status and sentence for what pip-audit wrote."""
    if not found.strip():
        last = (errors.strip().splitlines() or ["it said nothing"])[-1][:300]
        if any(name in errors for name in AWAY):
            return 0, "audit: the advisory service cannot be reached; no package was audited."
        return 1, f"audit: pip-audit failed: {last}"
    packages = json.loads(found)["dependencies"]
    audited = [one for one in packages if "vulns" in one]
    weak = [f"  {_told(one)}" for one in audited if one["vulns"]]
    if weak:
        return 1, "\n".join(["audit: these packages have known weaknesses:", *weak])
    if not audited:
        return 0, "audit: the advisory service knows none of the packages; none was audited."
    return 0, f"audit: {len(audited)} packages, none with a known weakness."


def _told(package: dict) -> str:
    known = "; ".join(
        f"{one['id']}, mended in {', '.join(one['fix_versions']) or 'no release yet'}"
        for one in package["vulns"]
    )
    return f"{package['name']} {package['version']}: {known}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
