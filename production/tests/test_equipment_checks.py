"""Addresses and nodes that the equipment file and the admin take, and those they refuse."""

from __future__ import annotations

import pytest

from amis.errors import Invalid
from production.services.equipment import check_endpoint_url, check_node


@pytest.mark.parametrize("address", ["10.0.0.1:1", "[::1]:4840", "plc-7.plant.example:4840/a/b"])
def test_an_endpoint_is_a_host_and_a_port(address):
    check_endpoint_url(f"opc.tcp://{address}")


@pytest.mark.parametrize(
    "url",
    [
        "OPC.TCP://plc:4840",
        "opc.tcp://plc",
        "opc.tcp://:4840",
        "opc.tcp://user:word@plc:4840",
        "opc.tcp://plc:4840/?a=1",
        "opc.tcp://plc:4840/#a",
        "opc.tcp://plc:99999",
        "opc.tcp://plc:0",
        "opc.tcp://plc :4840",
        "opc.tcp://plc:4840/\n",
        "opc.tcp://2130706433:4840",
        "opc.tcp://0x7f.1:4840",
        "opc.tcp://127.1:4840",
        "opc.tcp://0177.0.0.1:4840",
        "opc.tcp://-plc:4840",
        "opc.tcp://8.8.8.8:4840",
        "opc.tcp://169.254.169.254:80",
        "opc.tcp://[2001:db8::7]:4840",
        "opc.tcp://[::ffff:8.8.8.8]:4840",
        "opc.tcp://plc:4840/" + "a" * 5000,
    ],
)
def test_any_other_endpoint_is_refused_by_name(url):
    with pytest.raises(Invalid, match="endpoint_url"):
        check_endpoint_url(url)


@pytest.mark.parametrize(
    "node",
    ["nsu=u:a;i=-1", "nsu=u:a;i=4294967296", "nsu=;s=a", "nsu=u:a;s=", "nsu=u:a;g=7", "s=a"],
)
def test_a_node_that_no_server_can_have_is_refused(node):
    with pytest.raises(Invalid, match="node"):
        check_node(node)
