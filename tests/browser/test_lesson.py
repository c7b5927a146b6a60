"""A lesson in a few clicks: produce, share the load, lose a broker, stop time, go on."""

import re

from playwright.sync_api import expect

from tests.browser import canvas, clients

TOPIC = "FIAP"
STOOD_STILL_S = 0.6
STEPS_MAX = 20


def test_produce_share_crash_pause_step_resume(stage, playground_server):
    page = stage.page

    # one record by hand
    stage.click("Escrever um registro")
    page.get_by_label("Chave", exact=True).fill("cliente-4")
    stage.click("Produzir", stage.drawer)
    written = page.get_by_role("button", name=re.compile(r"FIAP-\d @ \d+"))
    expect(written).to_be_visible()
    partition, offset = map(int, re.findall(r"\d+", written.inner_text()))
    assert stage.number(TOPIC, partition, "end") > offset

    # one more consumer
    stage.click("+1 consumidor no grupo A")
    expect(stage.sentence).to_contain_text("Geração 2 do grupo A")
    expect(stage.group("A").get_by_role("button", name=re.compile("Ver o consumidor A-"))).to_have_count(2)
    shares = [m["assigned"].get(TOPIC, []) for g in stage.snapshot["groups"] if g["id"] == "A" for m in g["members"]]
    assert sorted(map(len, shares)) == [1, 2] and sorted(sum(shares, [])) == [0, 1, 2]
    page.get_by_role("tab", name="História").click()
    expect(stage.drawer).to_contain_text("O grupo A vai rebalancear porque A-2 entrou")

    # a broker dies
    leader = stage.leader(TOPIC, 0)
    stage.click(f"Derrubar o broker {leader}")
    expect(stage.broker(leader)).to_contain_text("caído há")
    expect(stage.sentence).to_contain_text(re.compile(rf"O broker {leader} caiu\. .*ficou sem líder por .*foi eleito"))
    expect(stage.partition(TOPIC, 0)).not_to_have_attribute("data-leader", re.compile(f"^({leader}|-1)$"))
    expect(stage.partition(TOPIC, 0)).not_to_have_attribute("data-isr", re.compile(str(leader)))

    # time stands still, for a real producer too
    producer = clients.producer(playground_server.kafka)
    acknowledged = []
    producer.produce(TOPIC, b"antes", partition=0)
    assert producer.flush(clients.PATIENCE_S) == 0
    stage.click("pausar")
    expect(stage.button("continuar")).to_be_visible()
    before, clock = stage.offsets(), stage.clock
    producer.produce(TOPIC, b"espera", partition=0, on_delivery=lambda *told: acknowledged.append(told))
    producer.poll(STOOD_STILL_S)
    assert (stage.offsets(), stage.clock, acknowledged) == (before, clock, [])
    assert canvas.disagreements(canvas.samples(stage)) == []

    # one thing at a time, each told: in the end what the producer sends is let in, and written
    sentences = []
    while len(sentences) < STEPS_MAX and not any("turma gravou 1 registro em FIAP-0" in each for each in sentences):
        step = stage.snapshot["step"]
        stage.click("Um passo: até o próximo acontecimento")
        stage.wait("(step) => riacho.snapshot.step > step", step)
        sentences.append(stage.sentence.inner_text())
    assert len(sentences) < STEPS_MAX, "\n".join(sentences)
    assert acknowledged == [], "it is not in every replica of the ISR yet"

    # and on
    stage.click("continuar")
    expect(stage.button("pausar")).to_be_visible()
    assert producer.flush(clients.PATIENCE_S) == 0
    ((error, message),) = acknowledged
    assert error is None
    stage.wait("(offset) => riacho.snapshot.topics[0].partitions[0].hw > offset", message.offset())
