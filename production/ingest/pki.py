"""AMIS's own certificate towards OPC UA servers: self-signed, made once, for its owner only."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asyncua.crypto.cert_gen import (
    dump_private_key_as_pem,
    generate_private_key,
    generate_self_signed_app_certificate,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

APPLICATION_URI = "urn:amis:collector"
FILE = "collector.pem"


@dataclass(frozen=True, slots=True)
class Identity:
    """Key and certificate in DER; the file is what an engineer copies into the PLC's trust list."""

    key: bytes = field(repr=False)
    certificate: bytes
    file: Path


def identity_in(directory: Path) -> Identity:
    """AMIS's key and certificate in this folder, made there if there are none or they run out."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = directory / FILE
    if not file.exists():
        _make(file, replace=False)
    elif _certificate(file).not_valid_after_utc < datetime.now(UTC) + timedelta(days=1):
        _make(file, replace=True)
    key = load_pem_private_key(file.read_bytes(), password=None)
    return Identity(
        key=key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        certificate=_certificate(file).public_bytes(Encoding.DER),
        file=file,
    )


def certificate_der(content: bytes) -> bytes:
    """A stored certificate in DER, whether it was stored as DER or PEM."""
    if content.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
    return content


def _certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def _make(file: Path, *, replace: bool) -> None:
    """Two workers may do this at the same moment: the first complete file wins."""
    key = generate_private_key()
    certificate = generate_self_signed_app_certificate(
        key,
        "AMIS collector",
        {"organizationName": "AMIS"},
        [x509.UniformResourceIdentifier(APPLICATION_URI), x509.DNSName(socket.gethostname())],
        extended=[ExtendedKeyUsageOID.CLIENT_AUTH],
        days=3650,
    )
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(dump_private_key_as_pem(key) + certificate.public_bytes(Encoding.PEM))
    if replace:
        draft.replace(file)
        return
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
