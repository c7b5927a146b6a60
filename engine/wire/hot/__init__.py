"""Produce and Fetch by hand, the broker's side of both: the codec's hot path.

What the tables of schemas/records.py say, written out with one precompiled ``Struct`` for each run
of fields. Tests hold the two against each other byte for byte. The versions before KIP-482 and
those after it (compact strings, tagged fields) are a function each: *plain* and *compact*.

- A producer's requests are alike: the next is compared with the last instead of decoded (repeat.py).
- Produced records are views of the frame they came in: nothing is copied, a frame is never changed.
- A Produce response of one partition, the usual one, is a single ``pack``.
- A Fetch response is a scatter list: records are handed on in the pieces they are kept in.

Cut-off data ends in ``struct.error`` or ``IndexError``. No position may ever become negative
(Python would count from the end), so every length is checked for that where it is read.
"""

from __future__ import annotations

from engine.wire.hot.fetch import decode_fetch, encode_fetched
from engine.wire.hot.produce import decode_produce, encode_produced
from engine.wire.hot.repeat import Pattern, pattern_of

__all__ = ["Pattern", "decode_fetch", "decode_produce", "encode_fetched", "encode_produced", "pattern_of"]
