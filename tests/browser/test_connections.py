"""A viewer loses its line, or the engine its process; nothing of the story is lost, and all viewers see the same."""

import contextlib
import os
import re
import signal

from daphne.server import reactor
from playwright.sync_api import expect

from playground.server import PatientWebSocket
from tests.support.play import free_ports, played


def whole(stage):
    """The numbers of all events this page was ever sent, without those that came twice. They must have no gap."""
    numbers = stage.page.evaluate("seen.numbers")
    assert all(isinstance(n, int) for n in numbers), numbers
    distinct = sorted(set(numbers))
    assert distinct == list(range(distinct[0], distinct[-1] + 1))
    return distinct


def cut_off(playground_server):
    """Every WebSocket, without a word."""
    for protocol in list(playground_server.server.connections):
        if isinstance(protocol, PatientWebSocket):
            protocol.transport.abortConnection()


def test_a_viewer_who_was_cut_off_resumes_without_a_gap(stage, playground_server):
    page = stage.page
    before = whole(stage)
    stage.watch.expected.append("net::ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)  # it cannot come back at once
    for _ in range(10):  # a busy machine may still have been opening the line
        reactor.callFromThread(cut_off, playground_server)
        with contextlib.suppress(AssertionError):
            expect(page.get_by_text("Reconectando…")).to_be_visible(timeout=2_000)
            break
    expect(page.get_by_text("Reconectando…")).to_be_visible()
    playground_server.do("crash_broker", broker=1)
    playground_server.wait_for(lambda s: all(p["leader"] > 1 for p in s["topics"][0]["partitions"]))
    told = playground_server.state()["event"]
    assert told > before[-1]
    page.context.set_offline(False)
    expect(page.get_by_text("Reconectando…")).to_have_count(0)
    expect(stage.sentence).to_contain_text("O broker 1 caiu.")
    stage.wait("(n) => seen.numbers.includes(n)", told)
    assert page.evaluate("seen.helloes") == 2
    assert whole(stage)[0] == before[0]
    entries = page.evaluate("[...document.querySelectorAll('.log [data-n]')].map((li) => li.dataset.n)")
    assert len(entries) == len(set(entries))


def test_a_sandbox_begun_anew_has_no_past(stage, playground_server):
    playground_server.do("speed", speed=16)
    stage.click("Derrubar o broker 1")
    expect(stage.sentence).to_contain_text("foi eleito")
    playground_server.begin()
    expect(stage.broker(1)).to_contain_text("lidera 2 partições")
    expect(stage.sentence).to_contain_text("Geração 1 do grupo")
    stage.page.get_by_role("tab", name="História").click()
    expect(stage.drawer).to_contain_text("O grupo A vai rebalancear porque A-1 entrou")
    expect(stage.drawer).not_to_contain_text("O broker 1 caiu")
    expect(stage.drawer).not_to_contain_text("Faltam aqui")


def test_two_viewers_see_the_same(stage, visit, playground_server):
    playground_server.do("speed", speed=4)
    other = visit(playground_server.url)
    stage.click("Derrubar o broker 3")
    for each in (stage, other):
        expect(each.sentence).to_contain_text(re.compile("O broker 3 caiu.*foi eleito"))
    other.click("pausar")
    for each in (stage, other):
        expect(each.button("continuar")).to_be_visible()
    step = playground_server.state()["step"]
    for each in (stage, other):
        each.wait("(step) => riacho.snapshot.step === step", step)
    assert stage.snapshot == other.snapshot
    assert stage.offsets() == other.offsets()
    assert stage.sentence.inner_text() == other.sentence.inner_text()
    # what one looks at is its own
    stage.click("Ver o broker 3")
    expect(stage.drawer).to_contain_text("caído há")
    expect(other.drawer).not_to_contain_text("caído há")


def test_the_page_lives_through_the_engines_death(visit, tmp_path):
    ports = {"--port": free_ports(6), "--data": tmp_path / "data"}
    ports["--kafka-port"] = ports["--port"] + 1
    with played(*[str(each) for pair in ports.items() for each in pair]) as play:
        stage = visit(play.url)
        stage.click("Derrubar o broker 2")
        expect(stage.sentence).to_contain_text("foi eleito")
        before = stage.snapshot
        (host,) = play.children()
        os.kill(host, signal.SIGKILL)
        expect(stage.page.get_by_text("O motor parou e está sendo religado.")).to_be_visible()
        expect(stage.page.get_by_test_id("banner")).to_have_count(0, timeout=30_000)
        expect(stage.sentence).to_contain_text("O Riacho foi ligado de novo")
        stage.click("Ligar o broker 2")
        expect(stage.sentence).to_contain_text("O broker 2 voltou")
        after = stage.snapshot
        assert after["step"] > before["step"] and after["cluster_id"] == before["cluster_id"]
        whole(stage)
