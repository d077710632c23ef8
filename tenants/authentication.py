"""What Django REST framework is told about the caller: whatever the door found out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from tenants.rates import WRONG_KEYS


class DoorAuthentication(BaseAuthentication):
    """The door has read token or session already; only a session must prove its CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        user = getattr(request._request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        if request._request.token is None:
            SessionAuthentication().enforce_csrf(request)
        return user, request._request.token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class DoorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = DoorAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Authorization: Token <token>, or the session cookie of the pages."
            f" After {WRONG_KEYS} wrong tokens a minute from one address further ones get 429.",
        }
