"""What is kept of a sandbox with an encrypted stream is sealed on the disk, with a key that lies beside it.

AES-256 in GCM (NIST SP 800-38D), from the ``cryptography`` package. The key is made when a stream is first encrypted
(StartStreamEncryption): from then on the journal's inputs, the record bytes of chunk files and the states of
checkpoints are sealed, whatever they are about; what was written before stays as it was written. The key never leaves
the folder: a download of the sandbox holds the sealed files without it, a branch has a key of its own. Whoever reads
the folder reads the key too: this shows what encryption at rest is, and where its limits are; it does not guard this
machine.

The World holds plaintext, as a service's memory does.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.live.blocks import sync_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from engine.cluster import Cluster

FILE = "seal.key"
KEY_BYTES, NONCE_BYTES = 32, 12
OVERHEAD = NONCE_BYTES + 16  # bytes a sealed text is longer


class Unsealable(Exception):
    """It is sealed, and its key is not there or is another one; the text completes "FILE ..."."""


class Seal:
    """Of the sandbox in ``folder``. on: there is a key, and what is written is sealed."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.on = self.path.exists()
        self._cipher: AESGCM | None = None

    def look(self) -> bool:
        """Whether there is a key by now: another part of the sandbox may have made it."""
        self.on = self.on or self.path.exists()
        return self.on

    def begin(self) -> None:
        """Make the key; durable before anything is sealed with it. Raises OSError."""
        if self.look():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        making = self.path.with_suffix(".new")
        with contextlib.suppress(FileNotFoundError):
            making.unlink()
        fd = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(fd, os.urandom(KEY_BYTES))
            os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(making, self.path)
        sync_folder(self.path.parent)
        self.on = True

    def shut(self, plain: bytes, about: bytes) -> bytes:
        """about: what is said in the open of it, which must be the same when it is opened."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._with_key().encrypt(nonce, plain, about)

    def opened(self, sealed: bytes, about: bytes) -> bytes:
        """Raises Unsealable."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._with_key().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
        except (InvalidTag, ValueError):
            raise Unsealable(f"is sealed, and {self.path} is not its key") from None

    def _with_key(self) -> AESGCM:
        if self._cipher is None:
            # Only sandboxes with an encrypted stream pay for it: it takes as long to import as a small start.
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            try:
                key = self.path.read_bytes()
                self._cipher = AESGCM(key)
            except (OSError, ValueError):
                raise Unsealable(f"is sealed, and its key {self.path} is not there") from None
        return self._cipher


def wanted(cluster: Cluster) -> bool:
    """Whether a stream of it is, or was, encrypted."""
    gateway = cluster.gateway
    if gateway is not None:  # asked at each instant
        for stream in gateway.account.streams.values():
            if stream.sealed_spans:
                return True
    return False
