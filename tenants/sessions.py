"""Sessions are bound to the host on which they began; a one-time link carries a person across."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends import db
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from amis.errors import NotFound
from tenants.models import Tenant, User
from tenants.secrets import WrongKey, seal, unseal
from tenants.selectors import NO_SUCH_TENANT, host_without_port, is_base_host, place_of

HOST_KEY = "host"
SIGNED_IN_AT = "signed_in_at"
NEW_SECRET = "mfa.totp.secret"
"""Where django-allauth keeps the secret of a second factor until it is switched on."""
HANDOVER_S = 30
SALT = "amis.handover"
SESSION_KEY = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(db.SessionStore):
    """Django's sessions in the database (this module is SESSION_ENGINE). The secret of a second
    factor that is being set up lies in them sealed, as it does later.
    """

    def encode(self, session_dict: dict[str, Any]) -> str:
        secret = session_dict.get(NEW_SECRET)
        sealed = {NEW_SECRET: seal(secret)} if secret else {}
        return super().encode({**session_dict, **sealed})

    def decode(self, session_data: str) -> dict[str, Any]:
        """A secret that no key opens is made anew when its page is."""
        session = super().decode(session_data)
        sealed = session.pop(NEW_SECRET, None)
        with suppress(WrongKey):
            return {**session, NEW_SECRET: unseal(sealed)} if sealed else session
        return session

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie may hold anything, even a NUL, about which PostgreSQL cannot be asked."""
        return bool(key) and SESSION_KEY.fullmatch(key) is not None


class Messages(CookieStorage):
    """What the next page says, in a cookie of this host alone."""

    cookie_name = "__Host-messages" if settings.ENVIRONMENT.https else "messages"


def begin_session(request: HttpRequest, user: User, *, signed_in_at: float | None = None) -> None:
    """Sign the person in on this host, and on this host only. `signed_in_at` is when the person
    proved who it is (seconds since 1970), where that was not now.
    """
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[HOST_KEY] = host_without_port(request.get_host())
    request.session[SIGNED_IN_AT] = time.time() if signed_in_at is None else signed_in_at


def session_belongs_to(request: HttpRequest, host: str) -> bool:
    """Whether the session began on this host; requests with a token have none to check."""
    if request.token is not None:
        return True
    return request.session.get(HOST_KEY) == host_without_port(host)


def plant_url(tenant: Tenant, *, scheme: str | None = None, port: int | None = None) -> str:
    """The address of a plant's own host."""
    return _url(f"{tenant.host_label}.{settings.BASE_DOMAIN}", scheme=scheme, port=port)


def mailed_url(host: str) -> str:
    """The address of one of our hosts for a letter, which names no port and no other name of the
    base host that only whoever asked for the letter knows.
    """
    return _url(settings.BASE_DOMAIN if is_base_host(host) else host_without_port(host))


def _url(domain: str, *, scheme: str | None = None, port: int | None = None) -> str:
    scheme = scheme or ("https" if settings.ENVIRONMENT.https else "http")
    standard = 443 if scheme == "https" else 80
    if port is None:
        port = standard if scheme == "https" else settings.ENVIRONMENT.port
    return f"{scheme}://{domain}" + ("" if port == standard or ":" in domain else f":{port}")


def handover_path(user: User, tenant: Tenant, *, signed_in_at: float = 0.0) -> str:
    """A path on the plant's host that signs this person in there, once, within 30 s."""
    payload = {
        "user": user.pk,
        "tenant": tenant.tenant_id,
        "signed_in_at": signed_in_at,
        "nonce": token_urlsafe(16),
    }
    return f"/accounts/enter/?ticket={signing.dumps(payload, salt=SALT)}"


def accept_handover(request: HttpRequest, ticket: str, tenant_id: str) -> User:
    """The person whom the ticket names. Raises NotFound when stale, used, for another plant, or
    when somebody else is signed in here, who stays so.
    """
    try:
        payload = signing.loads(ticket, salt=SALT, max_age=HANDOVER_S)
    except signing.BadSignature as error:
        raise NotFound(NO_SUCH_TENANT) from error
    if payload["tenant"] != tenant_id:
        raise NotFound(NO_SUCH_TENANT)
    if request.user.is_authenticated and request.user.pk != payload["user"]:
        raise NotFound(NO_SUCH_TENANT)
    if not cache.add(f"handover:{payload['nonce']}", 1, timeout=HANDOVER_S * 2):
        raise NotFound(NO_SUCH_TENANT)
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    if user is None:
        raise NotFound(NO_SUCH_TENANT)
    place_of(user, tenant_id)
    begin_session(request, user, signed_in_at=payload["signed_in_at"])
    return user
