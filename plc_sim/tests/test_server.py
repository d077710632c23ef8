"""The OPC UA server as its clients meet it, run as a process of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, Node, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography.x509.oid import ExtendedKeyUsageOID

from plc_sim.__main__ import main
from plc_sim.kinds import INT32_MAX
from plc_sim.tests.conftest import serving

PROCESSED = "M001.Admin.ProdProcessedCount[0].AccCount"


@asynccontextmanager
async def connected(url: str, user: str = "", password: str = "") -> AsyncIterator[Client]:
    client = Client(url, timeout=5)
    if user:
        client.set_user(user)
        client.set_password(password)
    async with client:
        yield client


async def node(client: Client, name: str) -> Node:
    namespace = await client.get_namespace_index("urn:amis:plc-sim")
    return client.get_node(ua.NodeId(name, namespace))


async def call(client: Client, machine: str, method: str, *words: str) -> Any:
    parent = await node(client, machine)
    return await parent.call_method((await node(client, f"{machine}.{method}")).nodeid, *words)


class Seen:
    """Collects (value, source time) per node."""

    def __init__(self) -> None:
        self.values: dict[str, list[tuple[Any, datetime]]] = {}

    def datachange_notification(self, changed: Node, value: Any, data: Any) -> None:
        stamp = data.monitored_item.Value.SourceTimestamp
        self.values.setdefault(str(changed.nodeid.Identifier), []).append((value, stamp))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_methods_history_and_values_of_an_open_server(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    async with serving("--port", "0", "--truth", str(truth)) as url, connected(url) as client:
        assert url.endswith("/freeopcua/server/")
        state = await node(client, "M002.Status.StateCurrent")
        await call(client, "M002", "InjectFault", "failure")
        value = await state.read_data_value()
        assert value.Value.Value == 9 and value.Value.VariantType == ua.VariantType.Int32
        assert timedelta() <= datetime.now(UTC) - value.SourceTimestamp < timedelta(seconds=5)
        with pytest.raises(ua.UaStatusCodeError):
            await call(client, "M002", "InjectFault", "earthquake")

        await call(client, "M001", "RollOver")
        assert await (await node(client, PROCESSED)).read_value() >= INT32_MAX - 3
        await call(client, "M001", "ResetCounters")
        assert await (await node(client, PROCESSED)).read_value() <= 1
        await call(client, "M003", "Maintain")
        assert await (await node(client, "M003.Status.UnitModeCurrent")).read_value() == 2
        with pytest.raises(ua.UaStatusCodeError):
            await state.write_value(ua.Variant(6, ua.VariantType.Int32))

        await _check_history(client)
        temperature = await node(client, "M001.Process.Temperature")
        unit = await (await temperature.get_child("0:EngineeringUnits")).read_value()
        assert unit.DisplayName.Text == "°C"
    kinds = {(line["machine_id"], line["kind"], line["cause"]) for line in lines(truth)}
    assert {("M002", "fault", "failure"), ("M002", "state", "failure")} <= kinds
    assert ("M003", "stop", "maintenance") in kinds


async def _check_history(client: Client) -> None:
    now = datetime.now(UTC)
    processed = await node(client, PROCESSED)
    day = await processed.read_raw_history(now - timedelta(hours=23), now - timedelta(minutes=1))
    counts = [value.Value.Value for value in day]
    assert len(counts) > 600 and counts == list(range(counts[0], counts[0] + len(counts)))
    last = await processed.read_raw_history(None, now - timedelta(minutes=1), numvalues=5)
    assert [value.Value.Value for value in last] == counts[:-6:-1]
    power = await node(client, "M001.Process.Power")
    hours = await power.read_raw_history(now - timedelta(hours=20), now)
    stamps = [value.SourceTimestamp for value in hours]
    assert stamps == sorted(set(stamps)) and len(stamps) >= 20 * 360


async def test_a_fast_day_reaches_a_client_without_a_loss(tmp_path: Path) -> None:
    truth, seen = tmp_path / "truth.jsonl", Seen()
    start = (datetime.now(UTC) - timedelta(hours=4)).isoformat()
    options = ("--port", "0", "--speed", "4000", "--start", start, "--truth", str(truth))
    async with serving(*options) as url, connected(url) as client:
        subscription = await client.create_subscription(500, seen)
        items = [await node(client, name) for name in (PROCESSED, "M001.Status.StateCurrent")]
        await subscription.subscribe_data_change(items, queuesize=100)
        await asyncio.sleep(4.7)
        vibration = await (await node(client, "M001.Process.Vibration")).read_data_value()
        assert datetime.now(UTC) - vibration.SourceTimestamp < timedelta(seconds=3)
    counts = [value for value, _ in seen.values[PROCESSED]]
    assert len(counts) > 130 and counts == list(range(counts[0], counts[0] + len(counts)))
    made = [line for line in lines(truth) if line["kind"] == "count"]
    ends = {line["end"] for line in made if line["machine_id"] == "M001"}
    stamps = {s.isoformat(timespec="microseconds") for _, s in seen.values[PROCESSED][1:]}
    assert stamps <= ends and len(ends) - len(stamps) <= counts[0]
    assert all(stamp <= datetime.now(UTC) for _, stamp in seen.values[PROCESSED])


async def test_with_a_user_only_its_password_opens_both_endpoints(tmp_path: Path) -> None:
    options = ("--port", "0", "--user", "amis", "--password-env", "SIM_PASSWORD")
    async with serving(*options, password="right") as url:
        for user, password in (("", ""), ("amis", "wrong"), ("eve", "right")):
            with pytest.raises(ua.UaError):
                async with connected(url, user, password):
                    pass
        async with connected(url, "amis", "right") as client:
            assert await (await node(client, "M001.Status.StateCurrent")).read_value() > 0
        async with await _encrypted(url, tmp_path, "right") as client:
            assert await (await node(client, "M001.Status.StateCurrent")).read_value() > 0
        with pytest.raises(ua.UaError):
            async with await _encrypted(url, tmp_path, "wrong"):
                pass
        await _check_endpoints(url)


async def _check_endpoints(url: str) -> None:
    endpoints = await Client(url).connect_and_get_server_endpoints()
    modes = {(e.SecurityPolicyUri.rsplit("#")[-1], e.SecurityMode.name) for e in endpoints}
    assert modes == {("None", "None_"), ("Basic256Sha256", "SignAndEncrypt")}
    tokens = {token.TokenType for endpoint in endpoints for token in endpoint.UserIdentityTokens}
    assert tokens == {ua.UserTokenType.UserName}


async def _encrypted(url: str, directory: Path, password: str) -> Client:
    key, certificate = directory / "client.pem", directory / "client.der"
    uri, usage = "urn:test:client", [ExtendedKeyUsageOID.CLIENT_AUTH]
    await setup_self_signed_certificate(key, certificate, uri, "localhost", usage, {})
    client = Client(url, timeout=5)
    client.application_uri = uri
    client.set_user("amis")
    client.set_password(password)
    await client.set_security(
        SecurityPolicyBasic256Sha256, certificate, key, mode=ua.MessageSecurityMode.SignAndEncrypt
    )
    return client


async def test_half_a_year_passes_in_seconds_and_a_restart_tells_the_same_past() -> None:
    epoch = (datetime.now(UTC) - timedelta(days=180)).date().isoformat()
    kept = []
    for _ in range(2):
        begin = time.monotonic()
        async with serving("--port", "0", "--epoch", epoch) as url, connected(url) as client:
            assert time.monotonic() - begin < 15  # on a busy machine; alone it is 2 to 4 s
            processed = await node(client, PROCESSED)
            now = datetime.now(UTC)
            past = await processed.read_raw_history(
                now - timedelta(hours=3), now - timedelta(hours=1)
            )
            kept.append({v.SourceTimestamp: v.Value.Value for v in past})
    both = kept[0].keys() & kept[1].keys()
    assert len(both) > 50 and all(kept[0][t] == kept[1][t] for t in both)


def test_a_door_to_the_world_a_lost_password_or_a_taken_port_is_refused(capsys) -> None:
    assert main(["--host", "0.0.0.0"]) == 1
    assert "--allow-remote" in capsys.readouterr().err
    assert main(["--user", "amis", "--password-env", "NO_SUCH_VARIABLE"]) == 1
    assert "NO_SUCH_VARIABLE" in capsys.readouterr().err
    assert main(["--start", "2020-01-01", "--epoch", "2026-01-01"]) == 1
    assert "--start must lie between" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--machines", "many"], "choose 1 to 200 machines, not 'many'"),
        (["--port", "99999"], "choose a port from 1 to 65535"),
        (["--port", "-5"], "choose a port from 1 to 65535"),
        (["--speed", "fast"], "choose a speed of 1 or more"),
        (["--timezone", "Mars"], "unknown time zone 'Mars'"),
        (["--start", "yesterday"], "'yesterday' is no time such as"),
    ],
)
def test_a_bad_option_is_a_sentence(capsys, words: list[str], sentence: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
