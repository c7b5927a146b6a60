"""What applications do: work that takes time, patience lost, commits before and after; eager and cooperative."""

from __future__ import annotations

import pytest

from engine.clients.consumer import Consumer
from engine.cluster import whynot_idle
from engine.events import AssignmentMade, ConsumerChanged, MemberExpired, MemberLeft, Processed
from tests.unit.cluster.sandbox import Sandbox


def sandbox(partitions=2, rate=10.0, **habits):
    group = {"group": "g", "topic": "t", "poll_ms": 100, **habits}
    return Sandbox(
        {"brokers": 3, "topics": [{"topic": "t", "partitions": partitions}], "groups": [group],
         "producers": [{"producer": "p", "topic": "t", "rate": rate}]},
        keep_record=True,
    )  # fmt: skip


def consumer(it, name="g-1"):
    return next(c for c in it.cluster.consumers() if c.name == name)


def written(it):
    return sum(p["end"] for p in it.topic("t")["partitions"])


def handed(it):
    return [(t, p, offset) for c in it.cluster.consumers() for t, p, offset, _ in c.delivered_log]


def test_one_that_does_as_most_do_is_a_plain_consumer():
    assert type(consumer(sandbox())) is Consumer


# --- work


def test_each_record_takes_its_time_and_the_next_poll_comes_when_all_are_done():
    it = sandbox(work_ms=300, max_poll_records=4)
    it.world.traced = True
    it.pass_ms(10_000)
    slow = consumer(it)
    assert 20 < slow.processed < 35 < written(it)
    assert slow.delivered == slow.processed + len(slow.working) and 0 < len(slow.working) <= 4
    done = [told.at for told in it.world.traffic if isinstance(told.event, Processed)]
    assert min(b - a for a, b in zip(done, done[1:], strict=False)) >= 300_000_000
    member = it.group("g")["members"][0]
    assert (member["work_ms"], member["processed"], member["working"]) == (300, slow.processed, len(slow.working))
    assert member["lag"] > 20


def test_slow_is_not_dead():
    it = sandbox(work_ms=2_000, max_poll_records=20)
    it.pass_ms(120_000)
    assert it.told(MemberExpired) == it.told(MemberLeft) == []
    assert consumer(it).processed > 50


def test_who_does_not_poll_in_time_leaves_by_itself_works_on_for_nothing_and_joins_again():
    it = sandbox(work_ms=500, max_poll_interval_ms=2_000)
    while not it.told(ConsumerChanged):
        it.pass_ms(50)
    it.pass_ms(50)
    assert it.told(ConsumerChanged) == [ConsumerChanged("g", "g-1", "too_slow", "2000")]
    assert len(it.told(MemberLeft)) == 1 and it.group("g")["members"][0]["assigned"] == {}
    slow = consumer(it)
    assert slow.working and not slow.position
    it.pass_ms(16_000)
    assert len(set(handed(it))) < len(handed(it))  # it was handed again what it could not commit


def test_few_records_a_poll_are_the_way_out():
    it = sandbox(work_ms=500, max_poll_interval_ms=2_000, max_poll_records=3)
    it.pass_ms(30_000)
    assert it.told(ConsumerChanged) == it.told(MemberLeft) == []


def test_a_consumer_can_become_slow_and_quick_again():
    it = sandbox()
    it.pass_ms(3_000)
    it.do("set_consumer", consumer="g-1", work_ms=1_000)
    it.pass_ms(10_000)
    slow = consumer(it)
    assert slow.work_ms == 1_000 and slow.processed < written(it) - 50
    it.do("set_consumer", consumer="g-1", work_ms=0)
    it.pass_ms(120_000)
    assert consumer(it).processed >= written(it) - 3


def test_one_of_a_group_can_be_slow_alone():
    it = sandbox()
    it.do("add_consumer", group="g", work_ms=700, max_poll_interval_ms=9_000)
    assert (consumer(it, "g-2").work_ms, consumer(it).work_ms) == (700, 0)


def test_a_slow_one_that_is_stuck_as_well_is_measured_from_its_last_poll():
    it = sandbox(work_ms=100, max_poll_interval_ms=3_000)
    it.pass_ms(3_000)
    it.do("stop_consumer", consumer="g-1")
    it.pass_ms(8_000)
    changes = [(told.what, told.value) for told in it.told(ConsumerChanged)]
    assert changes == [("stopped", ""), ("too_slow", "3000")]


# --- commits


def crashed(commit):
    """Somebody is killed in the middle of its desk; another goes on. Returns how often each offset was handed over,
    and what the first one had done."""
    it = sandbox(work_ms=150, max_poll_records=6, commit=commit, rate=20.0)
    it.pass_ms(1_500)
    while len(consumer(it).working) != 3:
        it.pass_ms(10)
    first = consumer(it)
    done, lost = first.processed, [(t, p, o) for t, p, o in first.working]
    before = [(t, p, o) for t, p, o, _ in first.delivered_log]
    it.do("stop_producer", producer="p")
    it.do("crash_consumer", consumer="g-1")
    it.do("add_consumer", group="g", work_ms=0)
    it.pass_ms(90_000)
    after = [(t, p, o) for t, p, o, _ in consumer(it, "g-2").delivered_log]
    assert done + len(lost) == len(before)
    return before, lost, after, written(it)


def test_committed_after_the_work_a_crash_repeats_what_was_on_the_desk_and_skips_nothing():
    before, lost, after, total = crashed("after")
    assert all(record in after for record in lost)
    assert len(set(before) & set(after)) <= 6
    assert len(set(before) | set(after)) == total


def test_committed_before_the_work_a_crash_skips_what_was_on_the_desk():
    before, lost, after, total = crashed("before")
    assert not any(record in after for record in lost)
    assert set(before).isdisjoint(after) and len(before) + len(after) == total


def test_auto_commit_lags_behind_by_its_interval():
    before, lost, after, total = crashed("auto")
    assert len(set(before) | set(after)) == total and all(record in after for record in lost)
    assert len(set(before) & set(after)) > 6


def test_who_never_commits_begins_anew():
    before, _, after, total = crashed("never")
    assert len(after) == total and set(before) <= set(after)


def test_auto_commit_on_close_commits_what_is_not_done():
    it = sandbox(work_ms=400, max_poll_records=10)
    it.pass_ms(3_000)
    position, undone = consumer(it).position, len(consumer(it).working)
    assert undone
    it.do("remove_consumer", consumer="g-1")
    it.pass_ms(1_000)
    assert it.group("g")["committed"]["t"] == {str(p): offset for (_, p), offset in position.items()}


@pytest.mark.parametrize("commit", ["after", "never"])
def test_a_manual_committer_that_is_closed_commits_nothing_more(commit):
    it = sandbox(work_ms=400, max_poll_records=10, commit=commit)
    it.pass_ms(3_000)
    before = it.group("g")["committed"]
    it.do("remove_consumer", consumer="g-1")
    it.pass_ms(1_000)
    assert it.group("g")["committed"] == before


def test_a_short_interval_keeps_what_is_committed_close_to_the_position():
    it = sandbox(auto_commit_interval_ms=200)
    it.pass_ms(10_000)
    assert it.group("g")["lag"] <= 5


# --- eager and cooperative


def rebalanced(assignor):
    """A third member comes. Returns the sandbox, and the least that each of the old ones held meanwhile."""
    it = sandbox(partitions=6, rate=50.0, consumers=2, assignor=assignor)
    it.pass_ms(5_000)
    it.do("add_consumer", group="g")
    least = {"g-1": 9, "g-2": 9}
    for _ in range(9_000):
        it.pass_ms(1)
        for name in least:
            least[name] = min(least[name], len(consumer(it, name).position))
    return it, least


def test_an_eager_rebalance_stops_everybody_a_cooperative_one_only_what_moves():
    assert rebalanced("sticky")[1] == {"g-1": 0, "g-2": 0}
    assert rebalanced("cooperative-sticky")[1] == {"g-1": 2, "g-2": 2}


def test_it_takes_two_rebalances_and_nobody_holds_what_is_on_its_way():
    it, _ = rebalanced("cooperative-sticky")
    first, second, third = it.told(AssignmentMade)
    assert sorted(len(share) for share in first.assignments.values()) == [3, 3] and first.moving == []
    assert sorted(len(share) for share in second.assignments.values()) == [0, 2, 2]
    assert second.idle == ["g-3"] and len(second.moving) == 2
    assert third.assignments["g-3"] == second.moving and third.moving == []
    for name in ("g-1", "g-2"):
        assert set(third.assignments[name]) == set(second.assignments[name]) < set(first.assignments[name])


def test_nothing_is_skipped_or_handed_over_twice_when_partitions_move():
    it, _ = rebalanced("cooperative-sticky")
    it.do("stop_producer", producer="p")
    it.pass_ms(3_000)
    assert sorted(handed(it)) == sorted(set(handed(it))) and len(handed(it)) == written(it)


def test_who_is_expelled_loses_everything_and_claims_nothing():
    it = sandbox(partitions=4, consumers=2, assignor="cooperative-sticky")
    it.pass_ms(5_000)
    it.do("pause_consumer", consumer="g-1", ms=60_000)
    it.pass_ms(50_000)
    assert consumer(it, "g-2").assigned == {"t": [0, 1, 2, 3]}
    it.pass_ms(40_000)
    shares = [share for c in it.cluster.consumers() for share in c.assigned.get("t", [])]
    assert sorted(shares) == [0, 1, 2, 3] and all(c.assigned for c in it.cluster.consumers())


def test_a_cooperative_member_at_work_gives_up_when_its_work_is_done():
    it = sandbox(4, 40.0, assignor="cooperative-sticky", work_ms=50, max_poll_records=20, commit="after")
    it.pass_ms(5_000)
    it.do("add_consumer", group="g")
    it.pass_ms(20_000)
    assert sorted(p for c in it.cluster.consumers() for p in c.assigned["t"]) == [0, 1, 2, 3]
    assert len(handed(it)) == len(set(handed(it)))


# --- why not


def test_why_it_gets_nothing_is_told_of_the_slow_and_of_the_waiting():
    it = sandbox(work_ms=900, max_poll_records=5)
    it.pass_ms(4_000)
    found = whynot_idle.answer(it.cluster, "idle", {"group": "g", "member": "g-1"})
    assert found[0]["code"] == "idle.working" and found[0]["params"]["records"] == len(consumer(it).working)
    it = sandbox(partitions=4, rate=1.0, assignor="cooperative-sticky")
    it.pass_ms(5_000)
    it.do("add_consumer", group="g")
    while not it.told(AssignmentMade)[-1].moving:
        it.pass_ms(1)
    found = whynot_idle.answer(it.cluster, "idle", {"group": "g", "member": "g-2"})
    moving = [one for one in found if one["code"] == "idle.moving"]
    assert moving and moving[0]["params"]["moving"] == it.told(AssignmentMade)[-1].moving
