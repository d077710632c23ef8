"""Who may connect: endpoints, certificate, one user."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.cert_gen import (
    dump_private_key_as_pem,
    generate_private_key,
    generate_self_signed_app_certificate,
)
from asyncua.crypto.permission_rules import User, UserRole
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

APPLICATION_URI = "urn:amis:plc-sim"
FIRST_PORT, PORTS = 4840, 200


@dataclass(frozen=True, slots=True)
class Account:
    """The one user a server knows; while there is one, nobody comes in without its password."""

    name: str
    password: str

    def get_user(
        self,
        iserver: Any,
        username: str | None = None,
        password: str | None = None,
        certificate: Any = None,
    ) -> User | None:
        """asyncua's question: who is that?"""
        names = hmac.compare_digest((username or "").encode(), self.name.encode())
        words = hmac.compare_digest(_text(password), self.password.encode())
        return User(role=UserRole.User, name=self.name) if names and words else None


async def secure(server: Server, *, host: str, directory: Path, account: Account | None) -> None:
    """Offer None and Basic256Sha256 SignAndEncrypt, with a certificate made here if need be."""
    key, certificate = await asyncio.to_thread(_certificate_in, directory, host)
    await server.load_certificate(certificate)
    await server.load_private_key(key)
    server.set_security_policy(
        [ua.SecurityPolicyType.NoSecurity, ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt]
    )
    tokens = [ua.UserNameIdentityToken] if account else [ua.AnonymousIdentityToken]
    server.set_identity_tokens(tokens)


def free_port(host: str, wanted: int | None) -> int:
    """The wanted port, or else the first free one from 4840 on. OSError where there is none."""
    candidates = [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + PORTS)
    for port in candidates:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    if wanted is not None:
        raise OSError(f"Port {wanted} of {host} is taken: choose another with --port.")
    raise OSError(f"No free port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1} on {host}.")


def _certificate_in(directory: Path, host: str) -> tuple[Path, Path]:
    """Key and certificate of this folder, made anew where they are missing or run out."""
    key_file, certificate_file = directory / "plc-sim-key.pem", directory / "plc-sim-cert.der"
    directory.mkdir(parents=True, exist_ok=True)
    if key_file.exists() and certificate_file.exists():
        old = x509.load_der_x509_certificate(certificate_file.read_bytes())
        if old.not_valid_after_utc > datetime.now(UTC) + timedelta(days=1):
            return key_file, certificate_file
    key = generate_private_key()
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(APPLICATION_URI)]
    names += [x509.DNSName(name) for name in ("localhost", socket.gethostname())]
    with suppress(ValueError):
        names.append(x509.IPAddress(ipaddress.ip_address(host)))
    certificate = generate_self_signed_app_certificate(
        key,
        "AMIS PLC simulator",
        {"organizationName": "AMIS"},
        names,
        extended=[ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH],
        days=3650,
    )
    key_file.touch(mode=0o600)
    key_file.write_bytes(dump_private_key_as_pem(key))
    certificate_file.write_bytes(certificate.public_bytes(Encoding.DER))
    return key_file, certificate_file


def _text(password: str | bytes | None) -> bytes:
    return password if isinstance(password, bytes) else (password or "").encode()
