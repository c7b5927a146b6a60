"""botocore's clients, kept from one command to the next: making one takes a third of a command's time.

A client is used again for the same endpoint, keys, region and ways; its connections are closed after each command, as
the end of the real command closes them. It was made with the handlers that all commands share (driver.py, ``Shared``),
which look up which command runs now; so it knows nothing of the command it was made for.
"""

from __future__ import annotations

from typing import Any

from botocore import session as sessions

CLIENTS_MAX = 8  # kept, each of 1 MB or so; the one used least recently goes


class Clients:
    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Any] = {}

    def get(self, session: Any, service: str, **options: Any) -> Any:
        """As the session's own ``create_client`` would make it."""
        keys, config = session.get_credentials(), session.get_default_client_config()
        region = options.get("region_name") or session.get_config_variable("region")
        ways = (config.signature_version, config.read_timeout, config.connect_timeout) if config is not None else ()
        secrets = (keys.access_key, keys.secret_key, keys.token)
        known = (service, options.get("endpoint_url"), options.get("verify"), region, ways, secrets)
        client = self._known.pop(known, None)
        if client is None:
            client = sessions.Session.create_client(session, service, **options)
            if len(self._known) >= CLIENTS_MAX:
                del self._known[next(iter(self._known))]
        self._known[known] = client
        return client

    def hang_up(self) -> None:
        """A command has ended."""
        for client in self._known.values():
            client.close()
