"""Looking never changes anything: not the state, not what happens next."""

from engine.world.plain import state_digest
from tests.unit.cluster.sandbox import BUSY, Sandbox


def look(it):
    it.state()
    for partition in it.topic()["partitions"]:
        if partition["end"]:
            it.cluster.record("pedidos", partition["id"], partition["end"] - 1)
    it.cluster.open_brokers()
    it.world.digest()


def test_a_sandbox_looked_at_is_the_same_as_one_that_is_not():
    watched, alone = Sandbox(BUSY), Sandbox(BUSY)
    for second in range(12):
        watched.world.traced = second % 3 != 1
        for it in (watched, alone):
            if second == 5:
                it.do("crash_broker", broker=1)
            if second == 8:
                it.do("start_broker", broker=1)
        for _ in range(5):
            look(watched)
            watched.pass_ms(200)
        alone.pass_ms(1_000)
        assert watched.world.digest() == alone.world.digest(), second
    assert watched.world.steps == alone.world.steps
    assert state_digest(watched.world) == state_digest(alone.world)
    assert watched.world.traffic and not alone.world.traffic


def test_looking_changes_nothing_on_the_spot():
    it = Sandbox(BUSY)
    it.pass_ms(4_000)
    before = state_digest(it.world)
    it.world.traced = True
    look(it)
    assert state_digest(it.world) == before
    it.world.traced = False
    assert state_digest(it.world) == before


def test_what_is_made_for_those_who_look_is_no_state():
    it = Sandbox(BUSY)
    it.pass_ms(4_000)
    before = state_digest(it.cluster)
    assert it.cluster.tails._known == {}
    it.state()
    assert it.cluster.tails._known
    assert state_digest(it.cluster) == before
