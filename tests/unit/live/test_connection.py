"""One connection: frames in, replies out in one write, and what happens at its bounds."""

import asyncio
import os
import socket
from struct import pack

import pytest

from engine.limits import PARKED_READ_BYTES
from engine.live.edge import FETCHES_A_TURN, Connection
from tests.unit.live.live_toys import Desk

PRODUCE, FETCH = pack(">hhi", 0, 9, 1), pack(">hhi", 1, 12, 1)


def framed(*frames):
    return b"".join(pack(">i", len(frame)) + frame for frame in frames)


async def connected():
    """A connection, its desk, and the client's socket, which does not block."""
    ours, theirs = socket.socketpair()
    desk = Desk()
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    _, connection = await loop.connect_accepted_socket(lambda: Connection(desk, 1), ours)
    return connection, desk, theirs


async def heard(desk, holds):
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError(desk.heard)


def with_connection(check):
    async def run():
        connection, desk, client = await connected()
        try:
            await check(connection, desk, client, asyncio.get_running_loop())
        finally:
            client.close()
            connection.drop()
            await asyncio.sleep(0)

    asyncio.run(run())


def frames_of(desk):
    return [frame for what, *rest in desk.heard if what == "received" for frame in rest[1]]


def test_whole_frames_go_to_the_desk():
    async def check(connection, desk, client, loop):
        await loop.sock_sendall(client, framed(PRODUCE, FETCH) + b"\0\0")
        await heard(desk, lambda: frames_of(desk) == [PRODUCE, FETCH])
        assert desk.heard[0] == ("opened", connection)

    with_connection(check)


def test_replies_leave_with_one_system_call(monkeypatch):
    async def check(connection, desk, client, loop):
        calls = []
        real = os.writev
        monkeypatch.setattr(os, "writev", lambda fd, chunks: calls.append(1) or real(fd, chunks))
        connection.out += [b"one ", memoryview(b"two "), b"three"]
        connection.send()
        assert await loop.sock_recv(client, 100) == b"one two three"
        assert calls == [1] and connection.out == []

    with_connection(check)


def test_what_the_socket_does_not_take_follows_in_order():
    async def check(connection, desk, client, loop):
        chunks = [bytes([n]) * 300_000 for n in range(20)]
        connection.out += chunks
        connection.send()
        connection.out += [b"the end"]
        connection.send()
        whole = b"".join(chunks) + b"the end"
        got = b""
        while len(got) < len(whole):
            got += await loop.sock_recv(client, 1 << 20)
        assert got == whole

    with_connection(check)


def test_more_chunks_than_one_call_takes_arrive_too():
    async def check(connection, desk, client, loop):
        connection.out += [b"x"] * 5_000
        connection.send()
        got = b""
        while len(got) < 5_000:
            got += await loop.sock_recv(client, 10_000)
        assert got == b"x" * 5_000

    with_connection(check)


def test_who_does_not_read_is_closed_at_the_bound(monkeypatch, capsys):
    monkeypatch.setattr("engine.live.edge.OUT_BYTES_HIGH", 100_000)
    monkeypatch.setattr("engine.live.edge.OUT_BYTES_MAX", 5_000_000)

    async def check(connection, desk, client, loop):
        for _ in range(200):
            connection.out.append(bytes(100_000))
            connection.send()
        await heard(desk, lambda: desk.heard[-1] == ("closed", connection))

    with_connection(check)
    assert "unread" in capsys.readouterr().err


def test_fetches_are_handed_on_a_few_at_a_time_and_all_in_order():
    async def check(connection, desk, client, loop):
        many = [pack(">hhi", 1, 12, n) for n in range(5 * FETCHES_A_TURN)]
        await loop.sock_sendall(client, framed(*many, PRODUCE))
        await heard(desk, lambda: frames_of(desk) == [*many, PRODUCE])
        assert max(len(rest[1]) for what, *rest in desk.heard if what == "received") <= FETCHES_A_TURN + 1
        await loop.sock_sendall(client, framed(FETCH))
        await heard(desk, lambda: frames_of(desk)[-1] == FETCH)

    with_connection(check)


def test_held_it_reads_once_more_and_then_stops():
    async def check(connection, desk, client, loop):
        connection.hold()
        await loop.sock_sendall(client, framed(PRODUCE))
        await heard(desk, lambda: frames_of(desk) == [PRODUCE])
        await loop.sock_sendall(client, framed(FETCH))
        for _ in range(20):
            await asyncio.sleep(0)
        assert frames_of(desk) == [PRODUCE]
        connection.release()
        await heard(desk, lambda: frames_of(desk) == [PRODUCE, FETCH])

    with_connection(check)


def test_the_desk_hears_of_a_client_that_leaves_but_not_of_one_it_dropped():
    async def check(connection, desk, client, loop):
        client.close()
        await heard(desk, lambda: desk.heard[-1] == ("closed", connection))

    with_connection(check)

    async def drop(connection, desk, client, loop):
        connection.out.append(b"last words")
        connection.send()
        connection.drop()
        assert await loop.sock_recv(client, 100) == b"last words"
        assert await loop.sock_recv(client, 100) == b""
        assert [what for what, *_ in desk.heard] == ["opened"]

    with_connection(drop)


@pytest.mark.parametrize("nonsense", [b"GET / HTTP", pack(">i", 2 << 20), pack(">i", 3)])
def test_nonsense_closes_it_with_a_line_in_the_log(nonsense, capsys):
    async def check(connection, desk, client, loop):
        await loop.sock_sendall(client, nonsense)
        await heard(desk, lambda: desk.heard[-1] == ("closed", connection))

    with_connection(check)
    said = capsys.readouterr().err
    assert "Kafka port of broker 1" in said and said.count("\n") == 1


def test_after_a_first_whole_frame_large_ones_are_welcome():
    async def check(connection, desk, client, loop):
        large = PRODUCE + bytes(3 << 20)
        sending = asyncio.create_task(loop.sock_sendall(client, framed(PRODUCE, large)))
        await sending
        await heard(desk, lambda: frames_of(desk) == [PRODUCE, large])

    with_connection(check)


def test_held_it_reads_one_buffer_and_when_that_is_used_up_one_more():
    """Without the hold asyncio reads four times as much at once."""
    small = [pack(">hhi", 0, 9, number) + bytes(1_000) for number in range(200)]

    async def check(connection, desk, client, loop):
        connection.hold()
        writing = loop.create_task(loop.sock_sendall(client, framed(*small)))
        for most in (PARKED_READ_BYTES, 2 * PARKED_READ_BYTES):
            before = len(frames_of(desk))
            await heard(desk, lambda before=before: len(frames_of(desk)) > before)
            for _ in range(20):
                await asyncio.sleep(0)
            assert sum(4 + len(frame) for frame in frames_of(desk)) <= most
            connection.read_more()
        connection.release()
        await writing
        await heard(desk, lambda: frames_of(desk) == small)

    with_connection(check)


def test_held_it_reads_on_until_there_is_a_whole_frame():
    async def check(connection, desk, client, loop):
        connection.hold()
        whole = framed(PRODUCE, FETCH)
        for piece in (whole[:3], whole[3:7], whole[7:12]):
            await loop.sock_sendall(client, piece)
            for _ in range(5):
                await asyncio.sleep(0)
        await heard(desk, lambda: frames_of(desk) == [PRODUCE])

    with_connection(check)


def test_what_was_read_and_not_handed_on_is_handed_on_when_it_is_held():
    async def check(connection, desk, client, loop):
        fetches = [pack(">hhi", 1, 12, number) for number in range(3 * FETCHES_A_TURN)]
        await loop.sock_sendall(client, framed(*fetches))
        await heard(desk, lambda: len(frames_of(desk)) >= FETCHES_A_TURN)
        connection.hold()
        assert frames_of(desk) == fetches

    with_connection(check)
