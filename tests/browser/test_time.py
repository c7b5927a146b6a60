"""Speed, keys and the timeline."""

import re

from playwright.sync_api import expect

from tests.browser import clients

# Of the cluster's time in each of ours, from the one frame to another.
RAN = """async () => {
  const frame = async () => {
    const before = riacho.snapshot.at_ms;
    while (riacho.snapshot.at_ms === before) await new Promise((done) => setTimeout(done, 5));
    return [riacho.snapshot.at_ms, performance.now()];
  };
  const [at, began] = await frame();
  await new Promise((done) => setTimeout(done, 1500));
  const [later, ended] = await frame();
  return (later - at) / (ended - began);
}"""


def at_ms(stage):
    return stage.snapshot["at_ms"]


def test_time_runs_as_fast_as_the_slider_says(stage, playground_server):
    page = stage.page
    playground_server.wait_for(lambda s: len(s["groups"]) == 2 and all(g["state"] == "Stable" for g in s["groups"]))
    slider = page.get_by_role("slider", name="velocidade")
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight")
    expect(page.get_by_test_id("speed-value")).to_have_text("16×")
    stage.wait("() => riacho.snapshot.pace.speed === 16")
    for _ in range(8):  # on a machine busy with other things it may lag for a while, and make up for it
        ran = page.evaluate(RAN)
        if 10 < ran < 22:
            break
    assert 10 < ran < 22
    slider.press("Home")
    expect(page.get_by_test_id("speed-value")).to_have_text("1/64×")
    expect(stage.sentence).to_contain_text("A velocidade agora é 1/64×")


def test_a_real_client_holds_the_speed_within_what_it_stands(stage, playground_server):
    playground_server.do("speed", speed=64)
    producer = clients.producer(playground_server.kafka)
    producer.list_topics(timeout=clients.PATIENCE_S)
    expect(stage.page.get_by_test_id("speed-value")).to_have_text("4×")
    expect(stage.page.get_by_text("por causa de turma")).to_be_visible()
    stage.click("Ver o cliente turma")
    expect(stage.drawer).to_contain_text("confluent-kafka-python")


def test_keys_of_presenters_work_and_fields_keep_theirs(stage):
    page = stage.page
    page.locator("body").press(" ")
    expect(stage.button("continuar")).to_be_visible()
    clock = stage.clock
    page.locator("body").press("ArrowRight")
    expect(page.get_by_role("timer")).not_to_have_text(clock)
    page.locator("body").press("b")
    expect(stage.button("pausar")).to_be_visible()
    page.locator("body").press("n")
    key = page.get_by_label("Chave", exact=True)
    expect(key).to_be_focused()
    page.keyboard.type("b. n")
    expect(key).to_have_value("b. n")
    expect(stage.button("pausar")).to_be_visible()

    tape = page.get_by_role("slider", name="Partição 1 do tópico FIAP")
    stage.wait("() => riacho.snapshot.topics[0].partitions[1].end > 1")
    tape.focus()
    tape.press("Home")
    expect(tape).to_have_attribute("aria-valuetext", re.compile("offset 0, chave"))
    tape.press("Enter")
    expect(page.get_by_test_id("record-title")).to_contain_text("FIAP-1 @ 0")


def test_a_mark_on_the_timeline_leads_back_to_its_moment(stage, playground_server):
    playground_server.do("speed", speed=4)
    stage.click("Derrubar o broker 3")
    expect(stage.sentence).to_contain_text("foi eleito")
    stage.click("Ligar o broker 3")
    expect(stage.sentence).to_contain_text("O broker 3 voltou")
    timeline = stage.page.get_by_role("group", name="Linha do tempo")
    timeline.get_by_role("button", name=re.compile("broker 3 caiu")).click()
    expect(stage.sentence).to_contain_text("O broker 3 caiu. Ele liderava")
    expect(stage.broker(3)).to_contain_text("caído")
    expect(stage.drawer).to_contain_text("O controlador está há")
    stage.button("voltar ao vivo").first.click()
    expect(stage.sentence).to_contain_text("O broker 3 voltou")
