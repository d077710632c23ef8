"""The door of every WebSocket: who, then where, before the connection is accepted."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.http import parse_cookie

from amis import trace
from amis.callers import caller_address
from amis.errors import AmisError, NotAllowed, NotFound, NotSignedIn
from tenants import rates, selectors
from tenants.models import ApiToken, User
from tenants.permissions import Action, Place
from tenants.services.entries import note_entry
from tenants.services.tokens import shown_token
from tenants.sessions import session_belongs_to

PATHS = frozenset({"/ws", "/ws/"})
CLOSE_CODES = {401: 4401, 403: 4403, 404: 4404, 400: 4404, 429: 4429}


class SocketDoor:
    """Puts `place` and `user` into the scope, or refuses the upgrade."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        _set_trace(scope, _headers(scope))
        try:
            if scope["path"] not in PATHS:
                raise NotFound("There is no WebSocket here.")
            user, place = await database_sync_to_async(_counted)(scope)
        except AmisError as error:
            await refuse(error, receive, send)
            return
        trace.user.set(user.username)
        admitted = {**scope, "user": user, "place": place}
        await self._app(admitted, receive, _with_id(send, trace.request_id.get()))


async def refuse(error: AmisError, receive: Any, send: Any) -> None:
    """Deny the handshake; the server turns the close code into the HTTP status of its answer."""
    await receive()
    code = CLOSE_CODES.get(error.status, 4404)
    await send({"type": "websocket.close", "code": code, "reason": error.message})


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    return {name.decode("latin1"): value.decode("latin1") for name, value in scope["headers"]}


def _set_trace(scope: dict[str, Any], headers: dict[str, str]) -> None:
    """The same that every HTTP request has."""
    peer = (scope.get("client") or [""])[0]
    forwarded, proxies = headers.get("x-forwarded-for", ""), settings.ENVIRONMENT.doors.proxies
    trace.request_id.set(trace.id_of(headers.get("x-request-id", "")))
    trace.address.set(caller_address(peer, forwarded, proxies))
    trace.user.set("-")


def _with_id(send: Any, request_id: str) -> Any:
    """Sends, and puts the request's id into the answer to the handshake."""

    async def sends(message: dict[str, Any]) -> None:
        if message["type"] == "websocket.accept":
            own = (b"x-request-id", request_id.encode())
            message = {**message, "headers": [*message.get("headers", ()), own]}
        await send(message)

    return sends


def _counted(scope: dict[str, Any]) -> tuple[User, Place]:
    """An upgrade counts like any request. Raises TooMany, and what `admit` raises."""
    user, place = admit(scope)
    rates.check_user(user.pk)
    rates.check_plant(place.tenant.schema_name)
    note_entry(user, place)
    return user, place


def admit(scope: dict[str, Any]) -> tuple[User, Place]:
    """The caller and the plant. Raises NotSignedIn, NotFound, TooMany for one wrong key more, or
    NotAllowed for a foreign page and for a key that is not for reading.
    """
    connection.set_schema_to_public()
    headers = _headers(scope)
    query = parse_qs(scope["query_string"].decode("latin1"))
    host = headers.get("host", "")
    token = _token(headers, query)
    user = token.user if token else _session_user(headers, host)
    asked = {headers.get("x-tenant") or None, *query.get("tenant_id", [])} - {None}
    if len(asked) > 1:
        raise NotFound(selectors.NO_SUCH_TENANT)
    named = selectors.named_tenant(host=host, path=scope["path"], header=next(iter(asked), None))
    if named is None:
        place = selectors.only_place(user, token=token)
    else:
        place = selectors.place_of(user, named, token=token)
    place.require(Action.READ)
    return user, place


def _token(headers: dict[str, str], query: dict[str, list[str]]) -> ApiToken | None:
    """The caller's token, None where none was sent; a bad one is not ignored but refused."""
    scheme, _, text = headers.get("authorization", "").partition(" ")
    text = text.strip() if scheme.lower() == "token" else (query.get("token") or [""])[0]
    return shown_token(text) if text else None


def _session_user(headers: dict[str, str], host: str) -> User:
    """The person behind the session cookie; only pages of this very host may use it."""
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if key is None:
        raise NotSignedIn("Sign in, or send a token.")
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    request = SimpleNamespace(session=store, token=None)
    user = get_user(request)
    if not user.is_authenticated or not session_belongs_to(request, host):
        raise NotSignedIn("Sign in, or send a token.")
    origin = urlsplit(headers.get("origin", ""))
    scheme = "https" if settings.ENVIRONMENT.https else "http"
    if (origin.scheme, origin.netloc.lower()) != (scheme, host.lower()):
        raise NotAllowed("This page may not open this plant's live connection.")
    return user
