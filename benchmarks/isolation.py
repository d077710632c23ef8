"""`python -m benchmarks.isolation`: does any of eight plants see another's row, under attack?

Thirty-two clients ask over HTTP and listen to live connections while a worker derives records of
all plants, and processes and database sessions are killed at random. A witness in the web process
and in the worker counts each read of the ORM and looks for canaries of other plants in what it
brought; the clients look for them in every answer and frame. Afterwards the cache, the log and the
files are searched. The control breaks the isolation on purpose, in the same processes, to show that
the witness sees foreign reads where there are some.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psycopg2
import redis

from amis.environment import ROOT
from amis.stack.ports import free_port
from benchmarks.attacked_plants import PLANTS, make_plants
from benchmarks.attackers import set_on
from benchmarks.canary import FOLDER, NAIVE, canaries
from benchmarks.stack import Stack

WANTED = {"reads": 100_000, "HTTP": 5_000, "frames": 2_000}
QUICK = {name: number // 20 for name, number in WANTED.items()}
GIVE_UP_AFTER_S = 1800.0
CONTROL_S = 20.0
CUT_EVERY_S, KILL_EVERY_S = (2.0, 6.0), 20.0
CUT_OFF = """
SELECT count(pg_terminate_backend(pid)) FROM (
    SELECT pid FROM pg_stat_activity WHERE usename = 'amis_runtime' ORDER BY random() LIMIT 3) one
"""


class Attack:
    """The watched processes of one run on a demo, the clients, and what they have seen."""

    def __init__(self, stack: Stack, keys: dict[str, str], *, naive: bool) -> None:
        self.port, self.keys = free_port(), keys
        self.over, self.seen, self.finds = threading.Event(), Counter[str](), list[str]()
        self._stack, self._chance = stack, random.Random(7)
        self.folder = Path(tempfile.mkdtemp(dir=stack.home, prefix="witness-"))
        self._environment = {
            **stack.environment,
            "AMIS_DB_LOGIN": "runtime",
            FOLDER: str(self.folder),
            **({NAIVE: "1"} if naive else {}),
        }
        daphne = ["-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port)]
        watched = ["-m", "benchmarks.watched"]
        self._commands = {
            "web": [*daphne, "benchmarks.watched:application"],
            "worker": [*watched, "worker"],
            "feeder": [*watched, "feeder", *PLANTS],
        }
        self._processes = {name: self._start(name) for name in self._commands}

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *self._commands[name]],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def counts(self) -> Counter[str]:
        """All that the witnesses wrote, those of killed processes included."""
        total = Counter[str]()
        for place in self.folder.glob("*.json"):
            total.update(json.loads(place.read_text()))
        http = sum(number for name, number in self.seen.items() if name.startswith("HTTP "))
        return total + Counter({"HTTP": http, "frames": self.seen["frames"]})

    def run(self, wanted: dict[str, int], *, at_most_s: float) -> None:
        """Go on until each number is reached, killing at random meanwhile."""
        clients, began = set_on(self), time.monotonic()
        killed = began
        try:
            while time.monotonic() - began < at_most_s:
                time.sleep(self._chance.uniform(*CUT_EVERY_S))
                counts = self.counts()
                _tell(f"{time.monotonic() - began:4.0f} s  {_listed(counts, wanted)}")
                if all(counts[name] >= number for name, number in wanted.items()):
                    break
                self._cut_off()
                if time.monotonic() - killed > KILL_EVERY_S:
                    self._kill_one()
                    killed = time.monotonic()
        finally:
            self.over.set()
            for client in clients:
                client.join()
            self._end()

    def _cut_off(self) -> None:
        """In the middle of whatever the database does for them."""
        session = psycopg2.connect(self._stack.superuser_url())
        with session, session.cursor() as cursor:
            cursor.execute(CUT_OFF)
            self.seen["sessions cut off"] += cursor.fetchone()[0]
        session.close()

    def _kill_one(self) -> None:
        """Long enough after the last for what was started in its place to answer."""
        name = self._chance.choice(["web", "worker", "worker", "feeder"])
        self._processes[name].send_signal(signal.SIGKILL)
        self._processes[name].wait()
        self._processes[name] = self._start(name)
        self.seen[f"{name} killed"] += 1

    def _end(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()


def main(words: list[str]) -> int:
    """0 when the attack finds nothing and the control finds something."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.isolation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the reads")
    wanted = QUICK if parser.parse_args(words).quick else WANTED
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Stack(history_days=3) as stack:
        stack.ensure_ready()
        keys = json.loads(make_plants(stack))
        for service in ("web", "worker"):
            stack.run("-m", "amis.stack", "stop", service)
        attack = Attack(stack, keys, naive=False)
        attack.run(wanted, at_most_s=GIVE_UP_AFTER_S)
        left = _what_lies_about(stack, attack)
        control = Attack(stack, keys, naive=True)
        control.run({"foreign": 1_000_000}, at_most_s=CONTROL_S)
        return _report(attack, left, control, wanted)


def _what_lies_about(stack: Stack, attack: Attack) -> list[str]:
    """Values of one plant's keys that name another, and lines of the log that name any."""
    finds = []
    cache = redis.Redis.from_url(stack.demo["valkey_url"])
    for key in cache.scan_iter(count=1000):
        with suppress(redis.ResponseError):
            own = key.decode("utf-8", "replace").split(":")[0]
            if named := canaries(str(cache.dump(key))) - {own}:
                finds.append(f"the cache's {key!r} names {sorted(named)}")
    logs = [*stack.home.glob("log/*.log"), *attack.folder.glob("*.log")]
    for place in logs:
        if named := canaries(place.read_text(errors="replace")):
            finds.append(f"{place.name} names {sorted(named)}")
    return finds


def _report(attack: Attack, left: list[str], control: Attack, wanted: dict[str, int]) -> int:
    counts, naive = attack.counts(), control.counts()
    finds = attack.finds + left
    enough = all(counts[name] >= number for name, number in wanted.items())
    safe = enough and not finds and not counts["foreign"]
    for title, one in (("attack", attack), ("control, with one plant for all threads", control)):
        _tell(f"{title}: {dict(sorted((one.seen | one.counts()).items()))}")
    for find in finds[:20]:
        _tell(f"  {find}")
    foreign = counts["foreign"] + len(finds)
    _tell(f"attack   {counts['reads']:,} reads, foreign {foreign} | {'pass' if safe else 'FAIL'}")
    seen = naive["foreign"] + len(control.finds)
    _tell(f"control  {naive['reads']:,} reads, foreign {seen:,} | {'pass' if seen else 'FAIL'}")
    return 0 if safe and seen else 1


def _listed(counts: Counter[str], wanted: dict[str, int]) -> str:
    return ", ".join(f"{name} {counts[name]:,} of {number:,}" for name, number in wanted.items())


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
