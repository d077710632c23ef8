"""Persons who go from page to page of one plant at a steady pace, in a process of their own."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Asked:
    """Answers by status, 0 for none; how late the latest question was; the process's own CPU."""

    answers: Counter[int]
    late_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Each person asks for one of `paths` after another every `pace_s`, whether or not the answers
    come as quickly: a person who has to wait asks as soon as the answer is there.
    """

    port: int
    plant: str
    token: str
    paths: Sequence[str]
    persons: int
    pace_s: float
    lasts_s: float

    def ask(self) -> Asked:
        """Runs in the process that this is sent to, from now on."""
        cpu_s, began = time.process_time(), time.monotonic()
        answers, late, lock = Counter[int](), [0.0], threading.Lock()

        def go(number: int) -> None:
            # They do not begin together.
            due = began + self.pace_s * number / self.persons
            step = number
            with Visitor(self.port, self.plant, self.token) as person:
                while due < began + self.lasts_s:
                    time.sleep(max(0.0, due - time.monotonic()))
                    late_s = time.monotonic() - due
                    status, _ = person.timed(self.paths[step % len(self.paths)])
                    with lock:
                        answers[status] += 1
                        late[0] = max(late[0], late_s)
                    step += 1
                    due = max(due + self.pace_s, time.monotonic())

        with ThreadPoolExecutor(self.persons) as persons:
            list(persons.map(go, range(self.persons)))
        return Asked(answers, late[0], time.process_time() - cpu_s)
