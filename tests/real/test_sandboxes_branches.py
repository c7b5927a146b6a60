"""A branch begins as another sandbox was, as a cluster of its own; the other does not notice."""

import pytest

from engine.live.thread import HostThread
from tests.support.raw_kafka import RawClient, metadata, produce
from tests.support.sandboxes import BUSY, SCENARIO, leader, read, refused, rows, until_open, world, write


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


def test_a_branch_begins_where_it_was_made_and_its_parent_does_not_notice():
    with HostThread.start(BUSY) as host:
        host.do("pause")
        before = host.call("state")
        digest = world(host).digest()
        made = host.call("branch", name="what if")
        assert (made["parent"], made["parent_step"], made["id"]) == ("demo", before["step"], "what-if")
        assert world(host).digest() == digest
        state = host.call("state", sandbox="what-if")
        assert state["cluster_id"] != before["cluster_id"]
        assert [[p["end"] for p in t["partitions"]] for t in state["topics"]] == [
            [p["end"] for p in t["partitions"]] for t in before["topics"]
        ]
        told = host.call("events", sandbox="what-if", since=before["event"])["events"]
        assert told[0]["code"] == "branched"
        assert told[0]["params"] == {"of": "demo", "step": before["step"], "name": "demo"}
        host.call("command", sandbox="what-if", actor="x", command={"do": "resume"})
        host.call("command", sandbox="what-if", actor="x", command={"do": "crash_broker", "broker": 2})
        assert world(host).digest() == digest


def test_clients_are_told_the_branchs_own_cluster_id_and_addresses(host):
    made = host.call("branch", name="b")
    with RawClient(made["kafka"][0]) as client:
        answer = client.ask(metadata("t"))
    assert answer.cluster_id == host.call("state", sandbox="b")["cluster_id"] != host.call("state")["cluster_id"]
    assert sorted(f"{b.host}:{b.port}" for b in answer.brokers) == sorted(made["kafka"])


def test_a_branch_of_the_past_lacks_what_came_after(host):
    write(host.kafka, b"first")
    step = host.call("state")["step"]
    write(host.kafka, b"second")
    made = host.call("branch", step=step)
    assert made["parent_step"] == step
    data = read(made["kafka"])
    assert b"first" in data and b"second" not in data
    assert b"second" in read(host.kafka)


def test_a_branch_made_while_a_client_produces_leaves_it_alone(host):
    with RawClient(leader(host.kafka)) as client:
        for n in range(20):
            assert client.ask(produce("t", 0, b"%d" % n)).parts[0].base_offset == n
        made = host.call("branch")
        for n in range(20, 40):
            assert client.ask(produce("t", 0, b"%d" % n)).parts[0].base_offset == n
    state = host.call("state", sandbox=made["id"])
    assert state["clients"] == [] and state["topics"][0]["partitions"][0]["end"] == 20


def test_deleting_a_parent_keeps_its_branches_whole(tmp_path):
    with HostThread.start(SCENARIO, tmp_path) as host:
        parent = host.call("create", scenario=SCENARIO, name="parent")
        write(parent["kafka"], b"inherited")
        child = host.call("branch", sandbox="parent", name="child")
        grandchild = host.call("branch", sandbox="child", name="grandchild")
        host.call("delete", sandbox="parent", all=True)
        assert b"inherited" in read(child["kafka"])
    with HostThread.start(SCENARIO, tmp_path) as host:
        listed = until_open(host)
        assert b"inherited" in read(listed["child"]["kafka"])
        assert b"inherited" in read(listed["grandchild"]["kafka"])
        assert (listed["child"]["parent"], listed["child"]["parent_name"]) == ("parent", "parent")
        assert listed["grandchild"]["parent_step"] == grandchild["parent_step"]
        again = host.call("create", scenario="one", name="parent")
        assert again["id"] == "parent-2", "whose branches name it as their parent keeps its name"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"step": "x"}, 422, "INVALID_REQUEST"),
        ({"step": -1}, 422, "INVALID_REQUEST"),
        ({"step": 1 << 60}, 422, "INVALID_REQUEST"),
        ({"sandbox": "other"}, 404, "NOT_FOUND"),
        ({"name": 5}, 422, "INVALID_REQUEST"),
    ],
    ids=str,
)
def test_a_branch_of_what_is_not_there_is_refused(host, fields, status, code):
    assert refused(host, "branch", **fields) == (status, code)
    assert list(rows(host)) == ["demo"]
