"""Kinesis over HTTP without a signature, and how a terminal gets in."""

from __future__ import annotations

from typing import Any

import pytest

from playground.kinesis.api import seen_from
from tests.support.fake_host import AWS
from tests.web.conftest import Scene, Web

CALL = {"operation": "ListStreams", "parameters": {"Limit": 3}, "client": "console"}


def last(web: Web) -> dict[str, Any]:
    return {key: value for key, value in web.host.asked[-1].items() if key != "id"}


def test_a_call_is_handed_on_as_it_is_and_answered(scene: Scene) -> None:
    async def play(web: Web) -> None:
        reply = await web.post("/api/sandboxes/demo/aws", CALL)
        assert reply.json() == {"ok": True, "status": 200, "error": "", "message": "", "body": {"StreamNames": []}}
        assert last(web) == {"ask": "aws_call", "sandbox": "demo", **CALL}
        await web.post("/api/sandboxes/demo/aws", {"operation": "ListStreams"})
        assert last(web) == {"ask": "aws_call", "sandbox": "demo", "operation": "ListStreams"}

    scene(play)


def test_a_call_with_a_field_that_nobody_knows_is_refused(scene: Scene) -> None:
    async def play(web: Web) -> None:
        reply = await web.post("/api/sandboxes/demo/aws", {**CALL, "region": "us-east-1"})
        assert (reply.status, reply.json()["error"]["code"]) == (422, "INVALID_REQUEST")

    scene(play)


def test_what_the_host_refuses_is_refused(scene: Scene) -> None:
    async def play(web: Web) -> None:
        web.host.refusing = (504, "WAITS")
        reply = await web.post("/api/sandboxes/demo/aws", CALL)
        assert (reply.status, reply.json()["error"]["code"]) == (504, "WAITS")

    scene(play)


def test_the_way_in_is_asked_for_in_the_name_of_who_asks(scene: Scene) -> None:
    async def play(web: Web) -> None:
        reply = await web.get("/api/sandboxes/demo/aws/access")
        assert reply.json() == {"ok": True, **AWS}
        assert last(web) == {"ask": "aws_access", "sandbox": "demo", "owner": "", "all": True}
        assert (await web.post("/api/sandboxes/demo/aws/access", {})).status == 405

    scene(play)


@pytest.mark.parametrize(
    ("host", "endpoint", "seen"),
    [
        ("localhost:8000", "http://127.0.0.1:4566", "http://127.0.0.1:4566"),
        ("192.168.0.7:8000", "http://127.0.0.1:4566", "http://192.168.0.7:4566"),
        ("[fe80::1]:8000", "http://127.0.0.1:4566", "http://[fe80::1]:4566"),
        ("192.168.0.7:8000", "http://riacho.local:4566", "http://riacho.local:4566"),
    ],
)
def test_who_came_by_another_address_is_told_that_one(host: str, endpoint: str, seen: str) -> None:
    assert seen_from(host, endpoint) == seen


def test_what_was_counted_of_each_shard_is_handed_on(scene: Scene) -> None:
    async def play(web: Web) -> None:
        reply = await web.get("/api/sandboxes/demo/aws/counted")
        assert reply.json() == {"ok": True, "fields": ["number", "records"], "samples": [[1000, {"s": [1, [[0, 7]]]}]]}
        assert last(web) == {"ask": "aws_counted", "sandbox": "demo"}

    scene(play)


def test_the_model_says_what_operations_there_are(scene: Scene) -> None:
    async def play(web: Web) -> None:
        assert "ListStreams" in (await web.get("/api/sandboxes/demo/aws/model")).json()["operations"]

    scene(play)
