"""Many sandboxes in one host: made, listed, renamed, begun anew, deleted; and whose they are."""

import socket
from pathlib import Path

import pytest

from engine.limits import PORTS_PER_SANDBOX, RECORD_BYTES_MAX, SANDBOXES_MAX, WORLDS_BYTES_MAX, WORLDS_MAX
from engine.live import attendance
from engine.live.kept import FAILED_MAX, FAILED_S
from engine.live.thread import HostThread
from tests.support.play import free_ports
from tests.support.raw_kafka import RawClient
from tests.support.sandboxes import SCENARIO, read, refused, rows, write

DOC = (Path(__file__).resolve().parents[2] / "docs/api.md").read_text(encoding="utf-8")


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


def test_a_sandbox_is_a_cluster_of_its_own(host):
    made = host.call("create", scenario=SCENARIO, name="Sala 3 (manhã)")
    assert (made["id"], made["name"], made["state"]) == ("sala-3-manha", "Sala 3 (manhã)", "open")
    write(host.kafka, b"for demo")
    write(made["kafka"], b"for the other")
    assert b"for demo" in read(host.kafka) and b"for demo" not in read(made["kafka"])
    states = [host.call("state", sandbox=name) for name in ("demo", made["id"])]
    assert states[0]["cluster_id"] != states[1]["cluster_id"]
    assert states[1]["sandbox"] == made["id"] and states[1]["kafka"] == made["kafka"]


@pytest.mark.parametrize(
    ("scenario", "brokers"),
    [
        ("demo", 3), ("empty", 3), ("one", 1), ("shop", 3), ("racks", 6), ("big", 12), ("three", 3), ("hot-key", 3),
        ("slow", 3), ("compaction", 3), ("retention", 3), ("readers", 3), ("sources", 3),
    ],
)
def test_each_scenario_that_is_offered_can_be_begun_with(host, scenario, brokers):
    assert scenario in [offered["id"] for offered in host.call("scenarios")]
    made = host.call("create", scenario=scenario)
    assert (made["brokers"], len(made["kafka"])) == (brokers, brokers)


def test_each_sandbox_has_a_range_of_ports_of_its_own(host):
    ranges = sorted(
        int(row["kafka"][0].rpartition(":")[2])
        for row in [rows(host)["demo"], *(host.call("create", scenario="one") for _ in range(3))]
    )
    assert all(b - a >= PORTS_PER_SANDBOX for a, b in zip(ranges, ranges[1:], strict=False))
    assert ranges[-1] + PORTS_PER_SANDBOX <= 32_768


def test_the_ranges_follow_that_of_the_first_and_a_taken_one_is_skipped(tmp_path):
    first = free_ports(4 * PORTS_PER_SANDBOX)
    with HostThread.start(SCENARIO, tmp_path, kafka_port=first) as host:
        with socket.create_server(("127.0.0.1", first + PORTS_PER_SANDBOX + 7)):
            skipping = host.call("create", scenario="one", name="skipping")
        after = host.call("create", scenario="one", name="after")
    assert skipping["kafka"] == [f"127.0.0.1:{first + 2 * PORTS_PER_SANDBOX}"]
    assert after["kafka"] == [f"127.0.0.1:{first + PORTS_PER_SANDBOX}"]


def test_equal_names_get_different_ids_and_a_name_without_letters_gets_one_too(host):
    made = [host.call("create", scenario="one", name=name)["id"] for name in ("Turma", "turma!", "教室")]
    assert made == ["turma", "turma-2", "sandbox"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"scenario": "nonsense"}, "INVALID_REQUEST"),
        ({"scenario": 7}, "INVALID_REQUEST"),
        ({"scenario": {"brokers": 99}}, "INVALID_REQUEST"),
        ({"scenario": {"brokers": 3, "color": "red"}}, "INVALID_REQUEST"),
        ({"scenario": {"topics": 7}}, "INVALID_REQUEST"),
        ({"scenario": {"topics": [{"topic": "x", "partitions": 3, "replication": 9}]}}, "INVALID_REPLICATION_FACTOR"),
        ({"scenario": "one", "name": " "}, "INVALID_REQUEST"),
        ({"scenario": "one", "name": "x" * 61}, "INVALID_REQUEST"),
        ({"scenario": "one", "name": "a\nb"}, "INVALID_REQUEST"),
        ({"scenario": "one", "name": 7}, "INVALID_REQUEST"),
        ({"scenario": "one", "seed": -1}, "INVALID_REQUEST"),
        ({"scenario": "one", "owner": 7}, "INVALID_REQUEST"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_refused_and_leaves_nothing(host, fields, code, tmp_path):
    assert refused(host, "create", **fields) == (422, code)
    assert list(rows(host)) == ["demo"]
    folder = host.host.keeper.kept["demo"].folder.parent
    assert [path.name for path in folder.iterdir()] == ["demo"]


def test_one_more_than_the_limit_is_refused_with_the_way_out(host, monkeypatch):
    assert SANDBOXES_MAX == 32
    monkeypatch.setattr("engine.live.keeper.SANDBOXES_MAX", 2)
    host.call("create", scenario="one", name="second")
    assert refused(host, "create", scenario="one") == (409, "TOO_MANY_SANDBOXES")
    assert refused(host, "branch") == (409, "TOO_MANY_SANDBOXES")
    host.call("delete", sandbox="second", all=True)
    host.call("create", scenario="one")


def test_no_ports_left_is_said(host, monkeypatch):
    def none(*_):
        from engine.live.ports import PortTaken

        raise PortTaken("no ports: delete a sandbox")

    monkeypatch.setattr("engine.live.opening.free_range", none)
    assert refused(host, "create", scenario="one") == (409, "NO_PORTS")


def test_every_key_of_a_row_and_each_limit_is_told(host):
    told = DOC.split("\n## Sandboxes\n")[1].split("\n## ")[0]
    assert [key for key in rows(host)["demo"] if f'"{key}"' not in told] == []
    assert f"| {SANDBOXES_MAX} sandboxes |" in told and f"({PORTS_PER_SANDBOX} in a row" in told
    assert RECORD_BYTES_MAX == 1 << 30 and "| 1 GiB of distinct bytes" in told
    assert (WORLDS_MAX, WORLDS_BYTES_MAX) == (64, 512 << 20) and "| 64 saved worlds, or 512 MiB" in told
    assert attendance.FREEZE_S == 300 and "for five minutes" in told
    assert (FAILED_MAX, FAILED_S) == (3, 600) and "three times in ten minutes" in told


# --- whose it is -------------------------------------------------------------------------------------


def test_only_who_made_it_may_rename_begin_anew_and_delete_it(host):
    host.call("create", scenario="one", name="ana's", owner="ana")
    name = "ana-s"
    for owner in ("bia", ""):
        assert refused(host, "rename", sandbox=name, name="mine now", owner=owner) == (403, "NOT_YOURS")
        assert refused(host, "reset", sandbox=name, owner=owner) == (403, "NOT_YOURS")
        assert refused(host, "delete", sandbox=name, owner=owner) == (403, "NOT_YOURS")
    assert rows(host, owner="ana")[name]["owner"] == "you" and rows(host, owner="bia")[name]["owner"] == ""
    assert host.call("rename", sandbox=name, name="Ana", owner="ana")["name"] == "Ana"
    host.call("delete", sandbox=name, owner="ana")
    assert list(rows(host)) == ["demo"]


def test_who_is_in_charge_may_do_all_of_it(host):
    host.call("create", scenario="one", name="anas", owner="ana")
    assert host.call("rename", sandbox="anas", name="x", all=True)["name"] == "x"
    host.call("delete", sandbox="anas", all=True)


def test_everybody_may_command_and_branch_it(host):
    made = host.call("create", scenario="one", name="anas", owner="ana")
    host.call("command", sandbox=made["id"], actor="bia", command={"do": "pause"})
    assert host.call("branch", sandbox=made["id"], owner="bia")["owner"] == "you"


def test_the_first_sandbox_cannot_be_deleted(host):
    assert refused(host, "delete", all=True) == (409, "CANNOT_DELETE")


def test_a_deleted_sandbox_is_gone_with_its_ports_and_folder(tmp_path):
    with HostThread.start(SCENARIO, tmp_path) as host:
        made = host.call("create", scenario="one", name="x")
        host.call("delete", sandbox="x", all=True)
        assert not (tmp_path / "sandboxes" / "x").exists()
        with pytest.raises(ConnectionRefusedError):
            RawClient(made["kafka"][0])
        assert refused(host, "state", sandbox="x") == (404, "NOT_FOUND")
        assert host.heard.notices[-1]["what"] == "deleted"


def test_begun_anew_it_keeps_name_ports_and_viewers_and_nothing_else(host):
    made = host.call("create", scenario=SCENARIO, name="x", owner="ana")
    write(made["kafka"], b"before")
    anew = host.call("reset", sandbox="x", owner="ana")
    assert (anew["id"], anew["name"], anew["kafka"], anew["owner"]) == ("x", "x", made["kafka"], "you")
    assert b"before" not in read(anew["kafka"])
    assert [notice["what"] for notice in host.heard.notices if notice["notice"] == "sandbox"][-1] == "anew"


def test_the_first_sandbox_can_be_begun_anew(host):
    write(host.kafka, b"before")
    assert host.call("reset", all=True)["kafka"] == host.kafka
    assert b"before" not in read(host.kafka)
