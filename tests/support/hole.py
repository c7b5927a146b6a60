"""A network that goes away without a word: a TCP proxy whose connections can fall silent.

with Hole(port) as hole:
    hole.url                # what is behind it
    hole.swallow()          # those that are open stay open and carry nothing any more; new ones work
"""

from __future__ import annotations

import socket
import threading
from types import TracebackType


class Hole:
    def __init__(self, port: int) -> None:
        self._port = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._silent: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self) -> None:
        """The far end believes that everybody has gone; the near end learns nothing."""
        pairs, self._pairs = self._pairs, []
        for near, far in pairs:
            self._silent.append(near)
            far.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Hole:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._door.close()
        for near, far in self._pairs:
            near.close()
            far.close()
        for near in self._silent:
            near.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                return
            pair = (near, far)
            self._pairs.append(pair)
            for one, other in (pair, pair[::-1]):
                threading.Thread(target=self._carry, args=(pair, one, other), daemon=True).start()

    def _carry(self, pair: tuple[socket.socket, socket.socket], one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                if pair not in self._pairs:
                    continue  # swallowed
                other.sendall(data)
        except OSError:
            pass
        if pair in self._pairs:
            self._pairs.remove(pair)
            for end in pair:
                end.close()
