"""A port a broker, open exactly while it lives."""

import asyncio
import socket

import pytest

from engine.limits import PORTS_PER_SANDBOX
from engine.live.edge import Connection
from engine.live.listeners import Listeners, PortTaken
from tests.unit.live.live_toys import Desk


def listening(check, host="127.0.0.1", port=0):
    async def run():
        desk = Desk()
        listeners = Listeners(asyncio.get_running_loop(), host, port, lambda broker: Connection(desk, broker))
        try:
            await check(listeners, desk)
        finally:
            listeners.close()
            for what, connection, *_ in desk.heard:
                if what == "opened":
                    connection.drop()
            await asyncio.sleep(0)

    asyncio.run(run())


async def connects(port, host="127.0.0.1"):
    try:
        _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


def test_each_broker_has_the_port_of_its_number():
    async def check(listeners, desk):
        assert listeners.follow([1, 3]) == []
        first = listeners.first_port
        assert listeners.addresses() == [f"127.0.0.1:{first}", f"127.0.0.1:{first + 2}"]
        assert [await connects(first + n) for n in range(4)] == [True, False, True, False]
        while len([h for h in desk.heard if h[0] == "opened"]) < 2:
            await asyncio.sleep(0)
        assert sorted(c.broker for what, c, *_ in desk.heard if what == "opened") == [1, 3]

    listening(check)


def test_a_dead_brokers_port_refuses_and_opens_again():
    async def check(listeners, desk):
        listeners.follow([1, 2])
        assert listeners.follow([1]) == [2]
        assert not await connects(listeners.port(2))
        assert listeners.follow([1, 2]) == []
        assert await connects(listeners.port(2))

    listening(check)


def test_one_that_dies_before_it_was_served_is_shut_all_the_same():
    async def check(listeners, desk):
        listeners.follow([1])
        listeners.follow([])
        await asyncio.sleep(0.01)
        assert not await connects(listeners.port(1))

    listening(check)


def test_a_connection_knows_by_which_address_it_came():
    async def check(listeners, desk):
        listeners.follow([1])
        assert await connects(listeners.port(1), "127.0.0.3")
        while not desk.heard:
            await asyncio.sleep(0)
        connection = desk.heard[0][1]
        assert connection.address == f"127.0.0.3:{listeners.port(1)}"
        assert connection.peer.startswith("tcp:127.0.0.")

    listening(check, "0.0.0.0")


def test_a_name_listens_at_all_its_addresses():
    async def check(listeners, desk):
        listeners.follow([1])
        assert await connects(listeners.port(1))
        assert ("127.0.0.1", listeners.port(1)) in listeners.names()

    listening(check, "localhost")


def test_brokers_beyond_the_last_port_do_not_listen():
    async def check(listeners, desk):
        listeners.follow([1, PORTS_PER_SANDBOX + 1])
        assert len(listeners.addresses()) == 1

    listening(check)


def test_a_port_that_is_taken_is_named():
    async def check(listeners, desk):
        port = listeners.port(2)
        with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTaken, match=f"Broker 2 .*:{port}"):
            listeners.follow([1, 2])

    listening(check)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-name.invalid"])
def test_an_address_that_is_not_ours_is_refused(host):
    async def check():
        with pytest.raises(PortTaken, match="no address of this machine"):
            Listeners(asyncio.get_running_loop(), host, 0, lambda broker: None)

    asyncio.run(check())
