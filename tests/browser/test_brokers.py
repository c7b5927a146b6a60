"""Brokers crash, stop, start and are added; topics are created and deleted."""

import re

from playwright.sync_api import expect

from tests.browser import canvas, clients

NEW_LEADER_MS = 2500
# In the page: from the click on a button to the first picture in which no partition is led by that broker, or by none.
LEADERS_SHOWN = """(broker) => {
  window.took = {};
  document.querySelector(`[data-testid="broker-${broker}-crash"]`).addEventListener('click', () => {
    const began = performance.now();
    const lines = [...document.querySelectorAll('#twin-partitions tr[data-topic="FIAP"]')];
    const led = lines.filter((line) => line.dataset.leader === String(broker)).map((line) => line.dataset.partition);
    const look = () => {
      for (const partition of led) {
        const { leader } = document.querySelector(`tr[data-topic="FIAP"][data-partition="${partition}"]`).dataset;
        if (leader !== '-1' && leader !== String(broker)) window.took[partition] ??= performance.now() - began;
      }
      if (Object.keys(window.took).length < led.length) requestAnimationFrame(look);
      else window.all = true;
    };
    look();
  }, { capture: true, once: true });
}"""


def test_new_leaders_are_shown_in_time_under_a_real_producer(stage, playground_server):
    playground_server.do("stop_producer", producer="loja")
    took = {}
    with clients.Writer(playground_server.kafka) as writer:
        expect(stage.page.get_by_role("button", name="Ver o cliente turma")).to_be_visible()
        for _ in range(2):
            broker = stage.leader("FIAP", 0)
            stage.page.evaluate("window.all = false")
            stage.page.evaluate(LEADERS_SHOWN, broker)
            stage.click(f"Derrubar o broker {broker}")
            stage.wait("() => window.all")
            took.update({(broker, p): ms for p, ms in stage.page.evaluate("window.took").items()})
            assert canvas.disagreements(canvas.samples(stage)) == []
            stage.click(f"Ligar o broker {broker}")
            stage.wait("() => riacho.snapshot.topics[0].partitions.every((p) => p.isr.length === 3)")
    assert max(took.values()) <= NEW_LEADER_MS, took
    assert not writer.failed
    assert len(set(writer.acknowledged)) == len(writer.acknowledged)
    print({who: round(ms) for who, ms in took.items()})


def test_a_broker_that_stops_hands_over_first_and_comes_back(stage):
    stage.click("Parar o broker 2 com calma")
    expect(stage.sentence).to_contain_text("O broker 2 parou com calma. Antes, entregou a liderança de FIAP-1 a")
    expect(stage.sentence).to_contain_text("ninguém ficou sem líder")
    expect(stage.broker(2)).to_contain_text("parado há")
    expect(stage.partition("FIAP", 1)).not_to_have_attribute("data-leader", re.compile("2|-1"))
    stage.click("Ligar o broker 2")
    expect(stage.sentence).to_contain_text("O broker 2 voltou. Copiou o que lhe faltava de")
    for partition in range(3):
        stage.wait(f"() => riacho.snapshot.topics[0].partitions[{partition}].isr.length === 3")
    expect(stage.broker(2)).to_contain_text("lidera")


def test_a_fourth_broker_takes_part_in_a_new_topic(stage):
    page = stage.page
    stage.click("Acrescentar um broker")
    expect(stage.broker(4)).to_contain_text("lidera 0 partições")
    expect(stage.sentence).to_contain_text("Um broker novo, o broker 4, entrou no cluster.")
    stage.click("+ tópico")
    stage.drawer.get_by_label("Nome").fill("pedidos")
    stage.drawer.get_by_label("Partições").fill("2")
    stage.drawer.get_by_label("Réplicas").fill("4")
    stage.click("Criar o tópico", stage.drawer)
    expect(stage.sentence).to_contain_text("pedidos foi criado com 2 partições, cada uma guardada em 4 brokers.")
    expect(page.get_by_role("slider", name="Partição 1 do tópico pedidos")).to_be_visible()
    expect(stage.partition("pedidos", 0)).to_have_attribute("data-isr", re.compile("4"))

    stage.click("Ver o tópico pedidos")
    stage.click("Apagar o tópico", stage.drawer)
    stage.click("Apagar mesmo, com tudo?", stage.drawer)
    expect(stage.sentence).to_contain_text("O tópico pedidos foi apagado")
    expect(stage.partition("pedidos", 0)).to_have_count(0)


def test_a_refused_order_says_why(stage):
    page = stage.page
    stage.click("+ tópico")
    stage.drawer.get_by_label("Nome").fill("cinco")
    stage.drawer.get_by_label("Réplicas").fill("5")
    stage.click("Criar o tópico", stage.drawer)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Não há tantos brokers no ar quanto réplicas pedidas INVALID_REPLICATION_FACTOR")
    expect(alert).to_contain_text("Replication 5 needs as many running brokers; there are 3.")
    expect(stage.drawer.get_by_label("Nome")).to_have_value("cinco")
    stage.click("Fechar", alert)
    expect(alert).to_have_count(0)
    expect(page.locator('#twin-partitions tr[data-topic="cinco"]')).to_have_count(0)
