"""The smallest things in a state written down: numbers, lengths, texts. What is not so is ``Damaged``."""

from __future__ import annotations

import sys

from engine.world.canonical import TEXT, TEXT_AGAIN, Damaged, Place

NUMBER_BYTES_MAX = 1_000


class Scanner:
    """Goes through ``data``."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._texts: list[str] = []

    def _number(self) -> int:
        data, at = self._data, self._at
        byte = data[at]
        at += 1
        if byte < 0x80:
            self._at = at
            return byte
        number, shift = byte & 0x7F, 7
        while True:
            byte = data[at]
            at += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                self._at = at
                return number
            shift += 7
            if shift > 7 * NUMBER_BYTES_MAX:
                raise Damaged(f"there is a number without end at byte {self._at:,}")

    def _count(self) -> int:
        """How many follow: each takes a byte at least."""
        count = self._number()
        if count > len(self._data) - self._at:
            raise Damaged(f"more is announced at byte {self._at:,} than there is")
        return count

    def _blob(self) -> bytes:
        size = self._count()
        self._at += size
        return self._data[self._at - size : self._at]

    def _new_text(self) -> str:
        text = self._blob().decode("utf-8", "surrogatepass")
        text = sys.intern(text)
        self._texts.append(text)
        return text

    def _text(self) -> str:
        tag = self._data[self._at]
        self._at += 1
        if tag == TEXT:
            return self._new_text()
        if tag != TEXT_AGAIN:
            raise Damaged(f"a text is missing at byte {self._at:,}")
        return self._texts[self._number()]

    def _place(self) -> Place:
        return self._number(), self._number(), self._number()
