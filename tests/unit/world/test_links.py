"""A link takes its time, may be cut one way, and never lets anything overtake."""

from engine.machine import Opened, Refused, Request, Response
from tests.unit.world.toys import MS, connected, do, got, got_at, world_of


def ask(world, connection, *numbers):
    do(world, "a", *(Request(connection, number, "hello") for number in numbers))


def numbers(world, name, kind=Request):
    return [message.correlation for message in got(world, name, kind)]


def test_a_message_takes_the_latency_of_its_direction():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    world.links.set_latency("b", "a", 5 * MS)
    start = world.now
    ask(world, connection, 1)
    world.advance(start + 10 * MS)
    assert got_at(world, "b", Request) == [start + MS]
    assert got_at(world, "a", Response) == [start + 6 * MS]


def test_a_node_reaches_itself_at_once():
    world = world_of("a")
    connection = connected(world, "a", "a")
    ask(world, connection, 1)
    assert world.now == 0
    assert numbers(world, "a") == numbers(world, "a", Response) == [1]


def test_a_link_that_gets_faster_lets_nothing_overtake():
    world = world_of("a", "b", answers=False)
    connection = connected(world, "a", "b")
    start = world.now
    world.links.set_latency("a", "b", 10 * MS)
    ask(world, connection, 1)
    world.links.set_latency("a", "b", 0)
    ask(world, connection, 2, 3)
    assert got(world, "b", Request) == []
    world.advance(start + 10 * MS)
    assert numbers(world, "b") == [1, 2, 3]
    assert got_at(world, "b", Request) == [start + 10 * MS] * 3


def test_connections_do_not_wait_for_each_other():
    world = world_of("a", "b", answers=False)
    slow, fast = connected(world, "a", "b"), connected(world, "a", "b")
    world.links.set_latency("a", "b", 10 * MS)
    ask(world, slow, 1)
    world.links.set_latency("a", "b", 0)
    ask(world, fast, 2)
    assert numbers(world, "b") == [2]


def test_jitter_stays_within_its_bounds_and_keeps_the_order():
    world = world_of("a", "b", answers=False)
    connection = connected(world, "a", "b")
    world.links.set_default(MS, jitter_ns=2 * MS)
    for number in range(50):
        ask(world, connection, number)
        world.advance(world.now + MS // 4)
    world.advance(world.now + 3 * MS)
    assert numbers(world, "b") == list(range(50))
    sent = world.now - 3 * MS - 50 * MS // 4
    took = [at - sent - i * MS // 4 for i, at in enumerate(got_at(world, "b", Request))]
    assert all(MS <= t <= 3 * MS for t in took)
    assert len(set(took)) > 10


def test_a_cut_link_holds_back_one_direction_until_it_is_healed():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    world.links.cut("b", "a")
    ask(world, connection, 1, 2)
    world.advance(world.now + 50 * MS)
    assert world.links.is_cut("b", "a") and not world.links.is_cut("a", "b")
    assert numbers(world, "b") == [1, 2]
    assert got(world, "a", Response) == []
    world.links.heal("b", "a")
    healed = world.now
    ask(world, connection, 3)
    world.advance(world.now + 5 * MS)
    assert numbers(world, "a", Response) == [1, 2, 3]
    assert got_at(world, "a", Response)[0] == healed + MS


def test_what_had_left_before_the_cut_arrives():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    ask(world, connection, 1)
    world.links.cut("a", "b")
    world.advance(world.now + MS)
    assert numbers(world, "b") == [1]


def test_connecting_across_a_cut_is_silence_until_it_is_healed():
    world = world_of("a", "b")
    world.links.cut("a", "b")
    from engine.machine import Connect

    do(world, "a", Connect("b", 9))
    world.advance(1000 * MS)
    assert got(world, "a") == []
    world.links.heal()
    world.advance(1010 * MS)
    assert got(world, "a") == [Opened(1, "b", 9)]


def test_a_refusal_cannot_cross_a_cut_either():
    world = world_of("a", "b")
    world.crash_node("b")
    world.links.cut("b", "a")
    from engine.machine import Connect

    do(world, "a", Connect("b", 9))
    world.advance(100 * MS)
    assert got(world, "a") == []
    world.links.heal()
    world.advance(110 * MS)
    assert got(world, "a") == [Refused("b", 9)]


def test_a_delay_lasts_until_it_is_healed():
    world = world_of("a", "b", answers=False)
    connection = connected(world, "a", "b")
    world.links.delay("a", "b", 20 * MS)
    assert world.links.latency("a", "b") == 21 * MS
    world.links.set_latency("a", "b", 2 * MS)
    assert world.links.latency("a", "b") == 22 * MS
    world.links.heal("a")
    assert world.links.latency("a", "b") == 2 * MS
    ask(world, connection, 1)


def test_healing_names_a_direction_a_source_a_target_or_nothing():
    world = world_of("a", "b", "c")
    links = world.links

    def cut_all():
        for pair in (("a", "b"), ("b", "a"), ("a", "c")):
            links.cut(*pair)

    def still_cut():
        return [p for p in (("a", "b"), ("b", "a"), ("a", "c")) if links.is_cut(*p)]

    cut_all()
    links.heal("a", "b")
    assert still_cut() == [("b", "a"), ("a", "c")]
    cut_all()
    links.heal("a")
    assert still_cut() == [("b", "a")]
    cut_all()
    links.heal(target="a")
    assert still_cut() == [("a", "b"), ("a", "c")]
    links.heal()
    assert still_cut() == []


def test_a_new_default_reaches_links_in_use_but_no_nodes_way_to_itself():
    world = world_of("a", "b")
    connected(world, "a", "b")
    connected(world, "a", "a")
    world.links.set_default(7 * MS)
    assert [world.links.latency("a", to) for to in ("b", "a", "new")] == [7 * MS, 0, 7 * MS]
