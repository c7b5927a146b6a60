"""The application as servers see it: files are answered at once, other HTTP by Django, WebSockets by the consumers."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from playground.consumers import SandboxConsumer  # noqa: E402
from playground.shell.consumers import ShellConsumer  # noqa: E402
from playground.sockets import NoSuchSocket  # noqa: E402
from playground.static_files import StaticFiles  # noqa: E402

application: Any = ProtocolTypeRouter(
    {
        "http": StaticFiles(django_application),
        "websocket": URLRouter(
            [
                path("ws/sandboxes/<slug:sandbox>", SandboxConsumer.as_asgi()),
                path("ws/shell/<slug:sandbox>/", ShellConsumer.as_asgi()),
                re_path("", NoSuchSocket.as_asgi()),
            ]
        ),
    }
)
