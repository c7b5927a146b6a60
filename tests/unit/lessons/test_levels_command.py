"""``python manage.py levels`` says of each lesson what holds in it, and ends with an error if something does not."""

import io

import pytest
from django.core.management import CommandError, call_command

GOOD = """
format: 1
id: a-file
kind: level
title: {pt-BR: sim, en: "yes"}
text: {pt-BR: sim, en: "yes"}
takeaway: {pt-BR: sim, en: "yes"}
start: {brokers: 1, topics: [{topic: t, partitions: 1, replication: 1}]}
goal: {now: [{topic: t, records: 1}]}
solution: [{at_ms: 0, do: produce, topic: t}]
par: 1
"""


def said(*files):
    out = io.StringIO()
    code = 0
    try:
        call_command("levels", *map(str, files), stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def test_a_lesson_is_proved_step_by_step_and_what_is_wrong_is_named(tmp_path):
    good, bad, unread = tmp_path / "a-file.yaml", tmp_path / "bad.yaml", tmp_path / "unread.yaml"
    good.write_text(GOOD)
    bad.write_text(GOOD.replace("par: 1", "par: 2").replace("a-file", "b-file"))
    unread.write_text("a: [1")
    code, out = said(good, bad, unread)
    assert code == 1 and "unread.yaml" in out
    rows = [line.split() for line in out.splitlines() if line.startswith("a-file")]
    assert [row[1] for row in rows] == ["document", "texts", "begin", "solution", "nothing", "ok"]
    assert "par is 2, but the solution takes 1 moves [PAR_DIFFERS]" in out


def test_there_must_be_such_a_lesson():
    with pytest.raises(CommandError, match="no lesson 'none'"):
        call_command("levels", "none")
