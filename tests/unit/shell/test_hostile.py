"""Lines that mean harm: each ends with a clear message, this machine is untouched, other shells know nothing of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from playground.shell import limits
from tests.unit.shell.bench import Bench
from tests.unit.shell.hostile import DOZEN, LINES

TEXT = Path(__file__).resolve().parents[3] / "static" / "i18n"
TEXTS = [json.loads((TEXT / f"shell.{language}.json").read_text())["ui"] for language in ("en", "pt-BR")]
SECRET = "the-secret-of-this-machine"


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the lines name; in the end none of it may have been touched."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    callers: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            callers.append(self.path)
            self.send_error(404)

        do_POST = do_CONNECT = do_GET

        def log_message(self, *arguments: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield {"secret": str(secret), "folder": str(tmp_path), "url": f"http://127.0.0.1:{server.server_port}"}
    server.shutdown()
    server.server_close()
    assert callers == []
    assert secret.read_text() == SECRET
    assert [one.name for one in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize(
    "number", [n if n in DOZEN else pytest.param(n, marks=pytest.mark.full) for n in range(len(LINES))]
)
def test_a_hostile_line_ends_with_a_clear_message_and_does_nothing(
    bench: Bench, places: dict[str, str], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LINE_SECONDS", 1.0)
    monkeypatch.setattr(limits, "LINE_CPU_SECONDS", 3)
    neighbour = bench.shell()
    neighbour.run("A=mine; echo kept > file")
    shell = bench.shell()
    line, expected = LINES[number]
    result = shell.run(line.format(**places))
    if expected.startswith("!"):
        assert result.ended.stopped is not None, result
        assert expected in ("!", f"!{result.ended.stopped}", f"!{result.ended.done.get('undone')}")
        assert all(f"stopped.{result.ended.stopped}" in words for words in TEXTS)
    else:
        assert expected in result.text
        assert result.text or result.ended.done
    assert SECRET not in result.text
    assert SECRET not in str(bench.aws.requests)
    assert "Traceback" not in result.text
    assert "\x1b" not in result.text and "\x9b" not in result.text
    assert neighbour.run("echo $A; cat file").out == "mine\nkept\n"
    assert shell.run("echo still here").out == "still here\n"


def test_there_are_a_hundred() -> None:
    assert len({line for line, _ in LINES}) >= 100
    assert len(DOZEN) >= 12
