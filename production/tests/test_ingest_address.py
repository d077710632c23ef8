"""No address, however it is written, leads a connection out of the allowed networks."""

from __future__ import annotations

import asyncio
import socket
import threading
from ipaddress import ip_network
from types import SimpleNamespace

import pytest

from amis.errors import AmisError, Invalid, SourceUnavailable
from production.ingest.address import checked_url
from production.ingest.endpoint import new_client
from production.services.equipment import check_endpoint_url

HOSTS = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]",
    "①②⑦.0.0.1", "127。0。0。1", "127%2e0%2e0%2e1", "127.0.0.1%00", "%6cocalhost",
)  # fmt: skip
FORMS = (
    "opc.tcp://{}:{}/",
    "opc.tcp://192.0.2.1@{}:{}/",
    "OPC.TCP://{}:{}/",
)
OTHERS = (
    "http://127.0.0.1:{}/", "opc.https://127.0.0.1:{}/", "opc.ws://127.0.0.1:{}/",
    "file:///etc/passwd", "//127.0.0.1:{}/", "127.0.0.1:{}", "opc.tcp:127.0.0.1:{}",
    "opc.tcp:///127.0.0.1:{}", "opc.tcp://192.0.2.1\\@127.0.0.1:{}/", "opc.tcp://192.0.2.1#@127.0.0.1:{}",
    "opc.tcp://192.0.2.1?@127.0.0.1:{}", "opc.tcp://127.0.0.1:{}\n", "opc.tcp://127.0.0.1\t:{}",
    "opc.tcp://127.0.0.1: {}", "\x00opc.tcp://127.0.0.1:{}",
)  # fmt: skip


@pytest.fixture
def visitors():
    """A port of this machine that counts who comes."""
    seen: list[object] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            try:
                connection, address = server.accept()
            except TimeoutError:
                continue
            seen.append(address)
            connection.close()

    thread = threading.Thread(target=watch)
    thread.start()
    yield SimpleNamespace(port=server.getsockname()[1], seen=seen)
    done.set()
    thread.join()
    server.close()


def urls(port: int) -> list[str]:
    forms = [form.format(host, port) for host in HOSTS for form in FORMS]
    return [*forms, *(other.format(port) for other in OTHERS)]


async def connect(url: str) -> None:
    client = await new_client(SimpleNamespace(endpoint_url=url))
    await asyncio.wait_for(client.connect(), 2)


def test_nobody_is_connected_to_outside_the_networks(visitors, settings):
    settings.OPCUA_ALLOW = (ip_network("10.0.0.0/8"),)
    hostile = urls(visitors.port)
    assert len(hostile) >= 60
    for url in hostile:
        with pytest.raises(AmisError):
            check_endpoint_url(url)
            asyncio.run(connect(url))
        with pytest.raises(AmisError):
            asyncio.run(connect(url))
    assert visitors.seen == []


def test_the_watcher_sees_who_is_let_through(visitors, settings):
    settings.OPCUA_ALLOW = (ip_network("127.0.0.1/32"),)
    with pytest.raises(Exception):  # noqa: B017 - it is no OPC UA server
        asyncio.run(connect(f"opc.tcp://localhost:{visitors.port}/"))
    assert visitors.seen


def test_a_name_that_means_another_address_the_second_time_is_asked_once(monkeypatch, settings):
    settings.OPCUA_ALLOW = (ip_network("10.0.0.0/8"),)
    answers = iter(["10.0.0.7", "127.0.0.1"])

    def resolve(host, port, *args, **more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert asyncio.run(checked_url("opc.tcp://plc-7:4840/path")) == "opc.tcp://10.0.0.7:4840/path"


def test_an_address_of_either_family_without_a_port_gets_the_usual_one(settings):
    settings.OPCUA_ALLOW = (ip_network("10.0.0.0/8"), ip_network("fc00::/7"))
    assert asyncio.run(checked_url("opc.tcp://10.0.0.1/a")) == "opc.tcp://10.0.0.1:4840/a"
    assert asyncio.run(checked_url("opc.tcp://[fc00::7]:1/")) == "opc.tcp://[fc00::7]:1/"
    with pytest.raises(Invalid, match="AMIS_OPCUA_ALLOW"):
        asyncio.run(checked_url("opc.tcp://192.168.0.1:4840"))
    with pytest.raises(SourceUnavailable, match="not known"):
        asyncio.run(checked_url("opc.tcp://nobody.invalid:4840"))
