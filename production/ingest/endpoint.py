"""How a connection is secured: policy, mode, and the one server certificate that was approved."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto import security_policies
from asyncua.crypto.uacrypto import CertProperties

from amis.errors import Invalid, SourceUnavailable
from production.ingest.address import checked_url
from production.ingest.pki import APPLICATION_URI, certificate_der, identity_in
from production.ingest.plan import ConnectionPlan

ANSWER_WITHIN_S = 4.0
SESSION_MS = 30_000
POLICIES: dict[str, Any] = {
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}


class UnknownCertificate(SourceUnavailable):
    """The server shows a certificate that nobody has approved; `certificate` is it, in DER."""

    def __init__(self, message: str, *, certificate: bytes) -> None:
        super().__init__(message)
        self.certificate = certificate


async def new_client(plan: ConnectionPlan) -> Client:
    """A client that is not connected yet. Raises what `checked_url` raises."""
    client = Client(
        await checked_url(plan.endpoint_url),
        timeout=ANSWER_WITHIN_S,
        watchdog_intervall=ANSWER_WITHIN_S,
    )
    client.application_uri = APPLICATION_URI
    client.name = client.description = "AMIS collector"
    client.session_timeout = SESSION_MS
    return client


async def secure(client: Client, plan: ConnectionPlan, pki: Path) -> None:
    """Sign or encrypt, but only towards the certificate that somebody approved.

    Raises UnknownCertificate when the server shows another one or none was approved yet.
    """
    policy = POLICIES.get(_short(plan.security_policy) or "Basic256Sha256")
    if policy is None:
        raise Invalid(f"Security policy {plan.security_policy}: use {', '.join(POLICIES)}.")
    mode = getattr(ua.MessageSecurityMode, plan.security_mode)
    shown = await _shown_certificate(plan, policy.URI, mode)
    if plan.server_certificate is None:
        raise UnknownCertificate("The server's certificate is not approved yet.", certificate=shown)
    if certificate_der(plan.server_certificate) != shown:
        raise UnknownCertificate(
            "The server shows another certificate than the approved one.", certificate=shown
        )
    own = await asyncio.to_thread(identity_in, pki)
    await client.set_security(
        policy,
        CertProperties(own.certificate, "der"),
        CertProperties(own.key, "der"),
        server_certificate=CertProperties(shown, "der"),
        mode=mode,
    )


async def _shown_certificate(
    plan: ConnectionPlan, policy_uri: str, mode: ua.MessageSecurityMode
) -> bytes:
    """The certificate of the endpoint with this policy and mode, asked without security."""
    stranger = await new_client(plan)
    endpoints = await stranger.connect_and_get_server_endpoints()
    for endpoint in endpoints:
        offer = (endpoint.SecurityPolicyUri, endpoint.SecurityMode)
        if offer == (policy_uri, mode) and endpoint.ServerCertificate:
            return _first_of_chain(endpoint.ServerCertificate)
    offered = {f"{_short(e.SecurityPolicyUri)} {e.SecurityMode.name}" for e in endpoints}
    raise SourceUnavailable(
        f"The server offers no endpoint {_short(policy_uri)} {mode.name}; "
        f"it offers {', '.join(sorted(offered)) or 'none'}."
    )


def _first_of_chain(der: bytes) -> bytes:
    """Some servers send the certificates of their issuers behind their own."""
    return bytes(der[: int.from_bytes(der[2:4], "big") + 4])


def _short(policy_uri: str) -> str:
    return policy_uri.rsplit("#", 1)[-1]
