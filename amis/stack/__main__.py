"""Command line of the local stack: `up` is what `make demo` runs; the rest talks to a running
one.
"""

from __future__ import annotations

import json
import sys
import time
import uuid

from amis.stack import lock, paths

USAGE = "usage: python -m amis.stack up | status | stop NAME | start NAME | restart NAME\n"
ANSWER_WITHIN_S = 75.0


def main(words: list[str]) -> int:
    if words == ["up"]:
        from amis.stack.demo import up

        return up()
    if words == ["status"]:
        return status()
    if len(words) == 2 and words[0] in {"stop", "start", "restart"}:
        return switch(*words)
    sys.stderr.write(USAGE)
    return 2


def status() -> int:
    demo = _running()
    if demo is None:
        return 1
    for name, service in demo["services"].items():
        pid = service["pid"] or "stopped"
        sys.stdout.write(
            f"{name:12} {pid!s:>8}  restarts {service['restarts']}  {service['log']}\n"
        )
    sys.stdout.write(f"{demo['base_url']}\n")
    return 0


def switch(action: str, name: str) -> int:
    """Ask the supervisor and wait for its answer."""
    demo = _running()
    if demo is None:
        return 1
    names = [known for known in demo["services"] if known != "supervisor"]
    if name not in names:
        sys.stderr.write(f"There is no service {name}. There are: {', '.join(names)}\n")
        return 2
    ask = paths.CONTROL / f"{time.time_ns()}-{uuid.uuid4().hex}.ask"
    paths.write_json(ask, {"action": action, "service": name})
    answer = ask.with_suffix(".answer")
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while not answer.exists():
        if time.monotonic() > deadline:
            sys.stderr.write("The demo does not answer; see .amis/log/.\n")
            return 1
        time.sleep(0.05)
    result = json.loads(answer.read_text())
    answer.unlink()
    if "error" in result:
        sys.stderr.write(result["error"] + "\n")
        return 1
    sys.stdout.write(f"{name}: {action} done\n")
    return 0


def _running() -> dict | None:
    try:
        demo = paths.read_json(paths.DEMO) if lock.is_held() else None
    except PermissionError:
        sys.stderr.write("The demo of this checkout belongs to another account.\n")
        return None
    if demo is None:
        sys.stderr.write("No demo of this checkout is running; start it with: make demo\n")
    return demo


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
