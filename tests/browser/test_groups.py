"""Consumers come, stall, slow down and die; the group shares its partitions anew and the stage says why."""

import re

from playwright.sync_api import expect


def members(stage, group):
    """{consumer: its partitions} as the picture has it."""
    found = next(g for g in stage.snapshot["groups"] if g["id"] == group)
    return {m["id"]: m["assigned"].get("FIAP", []) for m in found["members"]}


def test_a_fourth_consumer_is_idle_and_the_stage_says_why(stage, playground_server):
    playground_server.do("speed", speed=4)
    for generation in (2, 3, 4):
        stage.click("+1 consumidor no grupo A")
        expect(stage.sentence).to_contain_text(f"Geração {generation} do grupo A")
        if generation == 3:
            expect(stage.group("A").get_by_text("sem partição")).to_have_count(0)
            assert sorted(members(stage, "A").values()) == [[0], [1], [2]]
    idle = next(name for name, share in members(stage, "A").items() if not share)
    said = rf"{idle} não recebeu nenhuma partição: há 3 partições e 4 membros, e uma partição não se divide\."
    expect(stage.sentence).to_contain_text(re.compile(said))
    expect(stage.group("A").get_by_text("sem partição")).to_have_count(1)
    stage.group("A").get_by_role("button", name=f"Ver o consumidor {idle}").click()
    expect(stage.drawer).to_contain_text("Há 3 partições e 4 membros: uma partição tem um dono só dentro do grupo.")

    stage.click("Tirar o consumidor A-4 do grupo A")
    expect(stage.sentence).to_contain_text("Geração 5 do grupo A")
    expect(stage.group("A").get_by_role("button", name=re.compile("Ver o consumidor"))).to_have_count(3)


def test_a_consumer_that_stalls_falls_behind_and_catches_up(stage):
    page = stage.page
    stage.group("A").get_by_role("button", name=re.compile("Ver o consumidor A-1")).click()
    stage.drawer.get_by_label("Pede registros").select_option("250")
    expect(stage.sentence).to_contain_text("A-1, do grupo A, agora pede registros a cada 250 ms")
    stage.click("travar", stage.drawer)
    expect(stage.sentence).to_contain_text("está preso no seu trabalho")
    member = page.get_by_test_id("member-A-1")
    expect(member).to_contain_text("parado")
    stage.wait("() => Number(document.querySelector('[data-testid=member-A-1]').dataset.lag) >= 3")
    stage.click("ligar", stage.drawer)
    stage.wait("() => Number(document.querySelector('[data-testid=member-A-1]').dataset.lag) <= 1")
    expect(member).not_to_contain_text("parado")


def test_the_partitions_of_a_dead_consumer_go_to_another_once_its_session_is_over(stage, playground_server):
    playground_server.do("speed", speed=16)
    stage.click("+1 consumidor no grupo A")
    expect(stage.sentence).to_contain_text("Geração 2 do grupo A")
    stage.group("A").get_by_role("button", name=re.compile("Ver o consumidor A-2")).click()
    stage.click("derrubar", stage.drawer)
    expect(stage.sentence).to_contain_text("morreu sem se despedir")
    expect(stage.sentence).to_contain_text("Geração 3 do grupo A: A-1 ficou com FIAP-0, FIAP-1 e FIAP-2.")
    stage.page.get_by_role("tab", name="História").click()
    expect(stage.drawer).to_contain_text(re.compile(r"A-2 está há 4\d(,\d)? s sem mandar heartbeat: a sessão venceu"))


def test_a_group_is_added_and_removed(stage, playground_server):
    playground_server.do("speed", speed=4)
    stage.click("Novo grupo")
    stage.drawer.get_by_label("Nome").fill("painel")
    stage.drawer.get_by_label("Consumidores").fill("2")
    stage.click("Acrescentar", stage.drawer)
    expect(stage.group("painel")).to_contain_text("Estável")
    expect(stage.group("painel").get_by_role("button", name=re.compile("Ver o consumidor"))).to_have_count(2)
    stage.click("Remover o grupo", stage.drawer)
    stage.click("Remover mesmo?", stage.drawer)
    expect(stage.group("painel").get_by_role("button", name=re.compile("Ver o consumidor"))).to_have_count(0)
