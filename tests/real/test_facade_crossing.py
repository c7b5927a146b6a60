"""What crosses the facade is JSON, and bytes beside it: no object of the engine ever leaves its process."""

import pytest

from engine.live import control
from engine.live.asks import ASKS
from engine.live.asks.asking import Binary
from engine.live.thread import AskRefused, HostThread

PLAIN = (dict, list, tuple, str, int, float, bool, type(None))
SCENARIO = {
    "brokers": 3,
    "link_us": 500,
    "topics": [{"topic": "t", "partitions": 1, "replication": 3}],
    "producers": [{"topic": "t", "producer": "loja", "rate": 100.0}],
    "groups": [{"group": "A", "topic": "t"}],
}


def foreign(value, at="result"):
    """Where in a result something lies that is not plain."""
    if type(value) not in PLAIN:
        return [f"{at}: {type(value).__name__}"]
    if isinstance(value, dict):
        return [found for key, one in value.items() for found in [*foreign(key, at), *foreign(one, f"{at}.{key}")]]
    if isinstance(value, list | tuple):
        return [found for one in value for found in foreign(one, f"{at}[]")]
    return []


def test_every_question_is_answered_in_plain_values(monkeypatch):
    answers = {}
    answer = control.Facade.answer

    async def overheard(facade, question):
        answers[question["ask"]] = given = await answer(facade, question)
        return given

    monkeypatch.setattr(control.Facade, "answer", overheard)
    with HostThread.start(SCENARIO) as host:
        host.call("watch")
        host.wait_for(lambda: host.heard.frames and host.heard.frames[-1]["producers"][0]["acked"] > 3)
        host.call("place")
        host.call("details", tails=[["t", 0, 0]])
        host.call("key")
        host.call("unwatch")
        host.call("aws_model")
        host.call("aws_counted")
        host.call("aws_access", all=True)
        assert host.call("aws_call", operation="ListStreams", parameters={}, all=True)["status"] == 200
        host.do("pause")
        step = host.call("state")["step"]
        host.call("events")
        host.call("record", topic="t", partition=0, offset=0)
        host.call("look", step=step - 5)
        host.call("files", broker=1)
        host.call("file", broker=1, path="t-0/00000000000000000000.log")
        host.call("folder_read", token=host.call("folder_take", broker=1)["token"], number=0)
        host.call("folders")
        asked = [one for one in host.call("requests", step=step, back_ms=1_000)["requests"] if one["n"]][-1]
        host.call("request", n=asked["n"], at_step=asked["step"])
        host.call("why", about="leader", topic="t", partition=0)
        host.call("whynot", about="leaderless", topic="t", partition=0)
        host.call("inspect", kind="partition", topic="t", partition=0)
        host.call("ghost", topic="t", partition=0, start="earliest")
        host.call("journey", topic="t", partition=0, offset=0)
        host.call("timeline")
        host.call("lost")
        host.call("deeds")
        now = host.call("state")["at_ms"]
        host.call("film", from_ms=now - 50, to_ms=now, pictures=2)
        host.call("film_records", at_ms=now)
        pair = host.call("compare", changes=[], owner="")
        both = [pair["a"]["id"], pair["b"]["id"]]
        host.call("both", sandboxes=both, actor="test", command={"do": "step"})
        host.call("compared", sandboxes=both, owner="")
        host.call("link", step=step)
        exported = host.call("export", step=step)["data"]
        host.call("import", data=exported, name="imported")
        host.call("scenarios")
        host.call("create", scenario="one", name="x")
        host.call("branch", name="y")
        host.call("rename", sandbox="x", name="z", all=True)
        host.call("reset", sandbox="x", all=True)
        host.call("lesson", sandbox="x")
        host.call("check_lesson", lesson={"format": 1})
        host.call("begin", sandbox="x", scenario={"brokers": 1}, all=True)
        host.call("measures")
        host.call("worlds")
        host.call("save_world", sandbox="x", name="w", owner="me")
        host.call("begin_world", world="w", owner="me")
        host.call("delete_world", world="w", owner="me")
        host.call("retry", sandbox="x")
        host.call("kept_files", sandbox="x")
        host.call("kept_piece", sandbox="x", path="sandbox.json")
        host.call("delete", sandbox="x", all=True)
        host.call("sandboxes")
        host.call("health")
    assert sorted(answers) == sorted(ASKS), "each question that there is was asked here"
    for ask, given in answers.items():
        result = given["result"]
        if isinstance(result, Binary):
            assert type(result.data) is bytes, ask
            result = result.about
        assert foreign(result) == [], ask


def test_more_bytes_than_fit_are_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(control, "BINARY_BYTES_MAX", 100)
    monkeypatch.setitem(ASKS, "few", lambda facade, question: Binary({}, bytes(100)))
    monkeypatch.setitem(ASKS, "many", lambda facade, question: Binary({}, bytes(101)))
    with HostThread.start(SCENARIO) as host:
        assert host.call("few")["data"] == bytes(100)
        with pytest.raises(AskRefused, match="ask for less") as refused:
            host.call("many")
        assert (refused.value.status, refused.value.code) == (413, "TOO_LARGE")
