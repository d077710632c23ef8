"""Whose address a request has, with and without proxies in front."""

from __future__ import annotations

import ipaddress

import pytest

from amis.callers import caller_address, household

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", " 2001:db8::5 ", "2001:db8::5"),
        ("", "203.0.113.9", ""),
    ],
)
def test_only_a_declared_proxy_says_for_whom_it_asks(peer, forwarded, caller):
    assert caller_address(peer, forwarded, PROXIES) == caller


def test_without_a_declared_proxy_nobody_is_believed():
    assert caller_address("127.0.0.1", "203.0.113.9", []) == "127.0.0.1"


def test_addresses_of_one_ipv6_network_are_one_caller():
    assert household("2001:db8:1:2:3::4") == household("2001:db8:1:2:ffff::1")
    assert household("2001:db8:1:2::1") != household("2001:db8:1:3::1")
    assert household("203.0.113.9") == "203.0.113.9"
