"""The four codecs a producer may have compressed its records with, and a limit for the way back.

A broker stores what it gets and never compresses. It looks inside only for people (a record's
detail) and for an offset by timestamp. A kilobyte can be made to unpack to gigabytes, so each codec
has its output bounded before, not after: gzip by its streaming interface, snappy by the length it
declares, lz4 and zstd by walking their block headers, which gives the most that can come out.

Snappy comes in two dresses: bare (librdkafka), or in xerial's frame (Java and those who follow it).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import cramjam

from engine.wire.batch import DECOMPRESSED_BYTES_MAX, CorruptRecord

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
NAMES = ("none", "gzip", "snappy", "lz4", "zstd")

_GZIP_WINDOW = 31  # zlib's way to say: 32 KiB window, gzip header
_XERIAL_MAGIC = b"\x82SNAPPY\x00"
_XERIAL_HEADER = _XERIAL_MAGIC + struct.pack(">ii", 1, 1)
_XERIAL_BLOCK = 32 * 1024
_LZ4_MAGIC, _ZSTD_MAGIC = 0x184D2204, 0xFD2FB528
_ZSTD_BLOCK_MAX = 128 * 1024


def compress(codec: int, data: bytes) -> bytes:
    """``data`` as a Java producer would write it with this codec (1 gzip, 2 snappy, 3 lz4, 4 zstd)."""
    if codec == NONE:
        return data
    if codec == GZIP:
        return zlib.compress(data, wbits=_GZIP_WINDOW)
    if codec == SNAPPY:
        parts = [_XERIAL_HEADER]
        for start in range(0, len(data), _XERIAL_BLOCK):
            block = bytes(cramjam.snappy.compress_raw(data[start : start + _XERIAL_BLOCK]))
            parts += (len(block).to_bytes(4, "big"), block)
        return b"".join(parts)
    if codec == LZ4:
        return bytes(cramjam.lz4.compress(data))
    if codec == ZSTD:
        return bytes(cramjam.zstd.compress(data))
    raise ValueError(f"there is no codec {codec}")


def decompress(codec: int, data: bytes | memoryview, limit: int = DECOMPRESSED_BYTES_MAX) -> bytes | memoryview:
    """The bytes that went in. Raises CorruptRecord if damaged, of unknown codec, or over ``limit`` bytes."""
    if codec == NONE:
        return data
    reader = _READERS.get(codec)
    if reader is None:
        raise CorruptRecord(f"there is no codec {codec}")
    try:
        return reader(bytes(data), limit)
    except (cramjam.DecompressionError, zlib.error, struct.error, IndexError, OverflowError) as error:
        raise CorruptRecord(f"{NAMES[codec]}: {error}") from None


def _too_large(codec: int, limit: int) -> CorruptRecord:
    return CorruptRecord(f"{NAMES[codec]}: unpacks to more than {limit:,} bytes")


def _gunzip(data: bytes, limit: int) -> bytes:
    parts, room = [], limit
    while data:  # a gzip file may have several members
        reader = zlib.decompressobj(_GZIP_WINDOW)
        part = reader.decompress(data, room + 1)
        room -= len(part)
        if room < 0:
            raise _too_large(GZIP, limit)
        if not reader.eof:
            raise CorruptRecord("gzip: cut short")
        parts.append(part)
        data = reader.unused_data
    return b"".join(parts)


def _unsnappy(data: bytes, limit: int) -> bytes:
    if not data.startswith(_XERIAL_MAGIC):
        return _unsnappy_block(data, limit, limit)
    parts, room = [], limit
    start = len(_XERIAL_HEADER)
    while start < len(data):
        end = start + 4 + int.from_bytes(data[start : start + 4], "big")
        if end > len(data):
            raise CorruptRecord("snappy: cut short")
        part = _unsnappy_block(data[start + 4 : end], room, limit)
        room -= len(part)
        parts.append(part)
        start = end
    return b"".join(parts)


def _unsnappy_block(data: bytes, room: int, limit: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(data) > room:
        raise _too_large(SNAPPY, limit)
    return bytes(cramjam.snappy.decompress_raw(data))


def _unlz4(data: bytes, limit: int) -> memoryview:
    return _into(LZ4, cramjam.lz4.decompress_into, data, _lz4_bound(data), limit)


def _lz4_bound(data: bytes) -> int:
    """The most that can come out: blocks times their maximum size (LZ4 frame format 1.6)."""
    if int.from_bytes(data[:4], "little") != _LZ4_MAGIC:
        raise CorruptRecord("lz4: no frame")
    flags, descriptor = data[4], data[5]
    block_max = 1 << (8 + 2 * (descriptor >> 4 & 7))
    start = 7 + (8 if flags & 0x08 else 0) + (4 if flags & 0x01 else 0)  # content size, dictionary id
    checksum = 4 if flags & 0x10 else 0
    bound = 0
    while True:
        (size,) = struct.unpack_from("<I", data, start)
        if size == 0:
            return bound
        start += 4 + (size & 0x7FFFFFFF) + checksum
        bound += block_max


def _unzstd(data: bytes, limit: int) -> memoryview:
    return _into(ZSTD, cramjam.zstd.decompress_into, data, _zstd_bound(data), limit)


def _zstd_bound(data: bytes) -> int:
    """The most that can come out: what each block declares, or 128 KiB (RFC 8878, section 3.1.1)."""
    bound = start = 0
    while start < len(data):
        if int.from_bytes(data[start : start + 4], "little") != _ZSTD_MAGIC:
            raise CorruptRecord("zstd: no frame")
        descriptor = data[start + 4]
        single = descriptor >> 5 & 1
        content_size = (single, 2, 4, 8)[descriptor >> 6]
        start += 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3] + content_size
        last = 0
        while not last:
            if start + 3 > len(data):
                raise CorruptRecord("zstd: cut short")
            head = int.from_bytes(data[start : start + 3], "little")
            last, kind, size = head & 1, head >> 1 & 3, head >> 3
            bound += _ZSTD_BLOCK_MAX if kind == 2 else size
            start += 3 + (1 if kind == 1 else size)
        start += 4 if descriptor & 4 else 0  # a checksum of the content
    return bound


def _into(codec: int, unpack: Callable[..., int], data: bytes, bound: int, limit: int) -> memoryview:
    out = bytearray(min(bound, limit))
    try:
        written = unpack(data, out)
    except cramjam.DecompressionError:
        if bound > limit:
            raise _too_large(codec, limit) from None
        raise
    return memoryview(out)[:written]


_READERS: dict[int, Callable[[bytes, int], bytes | memoryview]] = {
    GZIP: _gunzip,
    SNAPPY: _unsnappy,
    LZ4: _unlz4,
    ZSTD: _unzstd,
}
