"""An OPC UA server that is not ours: `python stranger_plc.py PORT CERTIFICATE_DIR [secure]`.

Another namespace URI, numeric and string ids, other state numbers and a 16-bit counter that follows
the clock, so that it goes on where it was after a restart, and rolls over.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import User, UserRole
from cryptography.x509.oid import ExtendedKeyUsageOID

URI = "urn:example:plant"
NAME, PASSWORD = "collector", "let me in"
EXECUTE, HELD = 10, 20
STEP_S = 0.1


class OneUser:
    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> User | None:
        word = password.decode() if isinstance(password, bytes) else password
        return User(role=UserRole.User) if (username, word) == (NAME, PASSWORD) else None


async def serve(port: int, folder: Path, *, secure: bool) -> None:
    server = Server(user_manager=OneUser() if secure else None)
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/stranger")
    await server.set_application_uri("urn:example:stranger")
    if secure:
        await _secure(server, folder)
    else:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:example:decoy")
    index = await server.register_namespace(URI)
    cell = await server.nodes.objects.add_object(index, "Cell")
    kinds = {
        "state": (ua.NodeId(7, index), EXECUTE, ua.VariantType.Int16),
        "count": (ua.NodeId("Line 4.Count;total", index), 0, ua.VariantType.UInt16),
        "heat": (ua.NodeId("Line 4.Heat", index), 20.0, ua.VariantType.Double),
    }
    nodes = {
        name: await cell.add_variable(node_id, name, value, kind)
        for name, (node_id, value, kind) in kinds.items()
    }
    async with server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            count = int(time.time() / STEP_S) % 65_536
            await _write(nodes["count"], count, ua.VariantType.UInt16)
            await _write(nodes["heat"], 20 + count % 7, ua.VariantType.Double)
            await asyncio.sleep(STEP_S)


async def _write(node: Any, value: float, kind: ua.VariantType) -> None:
    now = datetime.now(UTC)
    await node.write_value(
        ua.DataValue(ua.Variant(value, kind), SourceTimestamp=now, ServerTimestamp=now)
    )


async def _secure(server: Server, folder: Path) -> None:
    key, certificate = folder / "stranger-key.pem", folder / "stranger-cert.der"
    await setup_self_signed_certificate(
        key,
        certificate,
        "urn:example:stranger",
        "127.0.0.1",
        [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH],
        {"organizationName": "Stranger"},
    )
    await server.load_certificate(certificate)
    await server.load_private_key(key)
    server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    server.set_identity_tokens([ua.UserNameIdentityToken])


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), secure=sys.argv[3:] == ["secure"]))
