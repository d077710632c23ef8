"""The one server's entry: HTTP through Django, WebSockets through the same door order."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amis.settings")

from django.core.asgi import get_asgi_application

django_app = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import re_path

from amis import clock
from amis.access_lines import keep_secrets_out_of_access_lines
from amis.limit import RequestLimit
from amis.refusals import answer_refusals_in_full
from amis.turns import Turns
from production.consumers import LiveConsumer
from tenants.backend.base import DatabaseWrapper
from tenants.backend.idle import IdleConnections
from tenants.sockets import SocketDoor

DatabaseWrapper.idle = IdleConnections()
answer_refusals_in_full()
keep_secrets_out_of_access_lines()
# What requests hand to workers goes by our own application, which names the plant in each message;
# as the default it is there for every thread.
clock.app.set_default()
application = ProtocolTypeRouter(
    {
        "http": Turns(
            RequestLimit(django_app, requests=settings.MAX_REQUESTS),
            # One address has its passwords hashed on half of the processors at most.
            at_once=max(1, (os.cpu_count() or 1) // 2),
        ),
        "websocket": SocketDoor(URLRouter([re_path(r"^ws/?$", LiveConsumer.as_asgi())])),
    }
)
