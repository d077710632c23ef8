"""G16: how it is judged, and that its persons keep their pace."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.crowd import Asked, Crowd
from benchmarks.figure import CannotMeasure
from benchmarks.greedy_orders import order
from benchmarks.greedy_plant import Turn, figure_of
from benchmarks.visitor import Visitor


def turn(*, quiet: float, greedy: float) -> Turn:
    asked = Asked(Counter({200: 30}), late_s=0.1, cpu_s=0.6)
    return Turn([quiet] * 20, [greedy] * 20, asked, Counter(done=3), {"web": 30.0})


@pytest.fixture
def asked():
    """A server on a port that remembers what it was asked, host and path, and refuses reports."""
    seen: list[tuple[str, str]] = []

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append((self.headers["Host"], self.path))
            body = json.dumps({"id": len(seen)}).encode()
            refused = server.refused if self.path == "/api/reports" else None
            self.send_response(refused or (202 if self.command == "POST" else 200))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.seen, server.refused = seen, None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_one_slow_turn_of_three_does_not_fail_the_figure():
    turns = [turn(quiet=20, greedy=22), turn(quiet=20, greedy=60), turn(quiet=20, greedy=24)]
    figure = figure_of(turns, 60.0)
    assert figure.passed
    assert (figure.peer, figure.value, figure.limit) == (20, 24, 24)
    assert figure.counts["ratios"] == [1.1, 3.0, 1.2]


def test_a_plant_that_others_notice_fails_and_the_load_tells_its_own_cpu():
    figure = figure_of([turn(quiet=20, greedy=25)] * 3, 60.0)
    assert not figure.passed
    assert any("web 50%" in line and "persons themselves 1.0%" in line for line in figure.details)


def test_each_person_asks_at_the_pace_and_each_path_is_asked_for(asked):
    crowd = Crowd(port=asked.server_port, plant="plant_chicago", token="t", paths=("/a", "/b"),
                  persons=4, pace_s=0.2, lasts_s=1.0)  # fmt: skip
    answered = crowd.ask()
    assert answered.answers[200] == len(asked.seen)
    # Four persons for a second, five times each; not as often as they are answered.
    assert 8 <= len(asked.seen) <= 24
    assert {path for _, path in asked.seen} == {"/a", "/b"}
    assert {host for host, _ in asked.seen} == {f"plant-chicago.amis.localhost:{asked.server_port}"}


class Home:
    """What the orders need of a demo."""

    def __init__(self, folder) -> None:
        self.home = folder


def test_what_the_product_refuses_is_counted_and_the_rest_is_under_way(asked, tmp_path):
    asked.refused = 409
    with Visitor(asked.server_port, "plant_chicago", "t") as greedy:
        ordered = order(Home(tmp_path), greedy, "plant_chicago", times=2)
    assert ordered.refused == {409: 2}
    assert len(ordered.jobs) == 5
    assert len(list((tmp_path / "data" / "raw" / "plant_chicago").glob("*.csv"))) == 2


def test_an_order_that_fails_is_no_refusal(asked, tmp_path):
    asked.refused = 500
    with (
        Visitor(asked.server_port, "plant_chicago", "t") as greedy,
        pytest.raises(CannotMeasure, match="answered 500"),
    ):
        order(Home(tmp_path), greedy, "plant_chicago", times=1)
