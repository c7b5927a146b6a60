"""Producers start, stop, slow down and hurry; a new one comes and goes."""

from playwright.sync_api import expect


def sent(stage, name):
    return next((p["sent"] for p in stage.snapshot["producers"] if p["id"] == name), None)


def test_a_producer_is_stopped_started_slowed_and_hurried(stage):
    card = stage.page.get_by_role("article", name="Produtor loja")
    stage.click("×2: o dobro do ritmo do produtor loja")
    expect(card).to_contain_text("2/s")
    stage.click("×2: o dobro do ritmo do produtor loja")
    expect(card).to_contain_text("4/s")
    expect(stage.sentence).to_contain_text("O produtor loja agora produz 4 registros por segundo")
    stage.click("÷2: metade do ritmo do produtor loja")
    expect(card).to_contain_text("2/s")

    stage.click("Parar o produtor loja")
    expect(card).to_contain_text("parado")
    expect(stage.sentence).to_contain_text("O produtor loja parou de produzir")
    stage.wait("() => riacho.snapshot.producers[0].waiting === 0")
    before = sent(stage, "loja")
    frame = stage.snapshot["at_ms"]
    stage.wait("(at) => riacho.snapshot.at_ms > at + 1500", frame)
    assert sent(stage, "loja") == before

    stage.click("Ligar o produtor loja")
    stage.wait("(before) => riacho.snapshot.producers[0].sent > before", before)
    expect(card).to_contain_text("2/s")


def test_a_producer_is_added_and_removed(stage):
    stage.click("Novo produtor")
    stage.drawer.get_by_label("Nome").fill("app")
    stage.drawer.get_by_label("Registros por segundo").fill("20")
    stage.drawer.get_by_label("acks").select_option("1")
    stage.drawer.get_by_label("Chaves").select_option("none")
    stage.click("Acrescentar", stage.drawer)
    card = stage.page.get_by_role("article", name="Produtor app")
    expect(card).to_contain_text("→ FIAP · acks=1")
    stage.wait("() => riacho.snapshot.producers.find((p) => p.id === 'app')?.acked > 5")
    stage.click("Ver o produtor app")
    stage.click("Remover", stage.drawer)
    expect(card).to_have_count(0)
