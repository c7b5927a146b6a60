"""What was just done as code, a real client recognised the moment it comes, and the paste doctor: on the real page."""

import json
import re
import signal
import subprocess

import pytest
from playwright.sync_api import expect

from tests.browser import clients

FORMS = ["kcat", "python", "java", "javascript", "scripts", "http"]


def tool(stage, name):
    stage.page.get_by_test_id("tools-open").click()
    stage.page.get_by_test_id(f"tool-{name}").click()
    return stage.page.get_by_test_id(f"{name}-page")


def code(stage):
    return stage.page.get_by_test_id("code")


def shell(text, **more):
    return subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=60, check=True, **more)


def ends(stage):
    return sum(p["end"] for t in stage.snapshot["topics"] if t["name"] == "FIAP" for p in t["partitions"])


def test_what_was_just_done_is_code_that_does_the_same(stage, kcat):
    page = stage.page
    page.get_by_test_id("producer-loja-stop").click()
    page.get_by_test_id("compose-open").click()
    page.get_by_test_id("compose-key").fill("cliente d'água")
    page.get_by_test_id("compose-send").click()
    written = page.get_by_role("button", name=re.compile(r"FIAP-\d @ \d+"))
    expect(written).to_be_visible()
    partition, offset = map(int, re.findall(r"\d+", written.inner_text()))
    stage.wait("() => riacho.snapshot.producers.every((p) => !p.waiting)")
    page.get_by_test_id("as-code").click()
    expect(page.get_by_test_id("code-page")).to_contain_text("Escrever um registro em FIAP, chave cliente d'água")

    page.get_by_test_id("form-kcat").click()
    shell(code(stage).inner_text())
    stage.wait("([p, end]) => riacho.snapshot.topics[0].partitions[p].hw === end", [partition, offset + 2])

    page.get_by_test_id("form-http").click()
    expect(code(stage)).to_contain_text('"do":"produce"')
    shell(code(stage).inner_text())
    stage.wait("([p, end]) => riacho.snapshot.topics[0].partitions[p].hw === end", [partition, offset + 3])
    for form in FORMS:
        page.get_by_test_id(f"form-{form}").click()
        expect(page.get_by_test_id(f"form-{form}")).to_have_attribute("aria-checked", "true")
        expect(code(stage)).to_contain_text("cliente d")
    page.get_by_test_id("form-http").press("ArrowRight")
    expect(page.get_by_test_id("form-kcat")).to_be_focused()
    expect(code(stage)).to_contain_text("kcat -P")


@pytest.mark.full
def test_the_page_follows_what_is_done_until_another_deed_or_a_recipe_is_chosen(stage):
    page = stage.page
    panel = tool(stage, "code")
    expect(panel).to_contain_text("Faça algo no palco")
    page.get_by_test_id("form-scripts").click()
    expect(code(stage)).to_contain_text("kafka-console-producer.sh")
    page.get_by_test_id("group-A-more").click()
    expect(code(stage)).to_contain_text("kafka-console-consumer.sh")
    expect(code(stage)).to_contain_text("--group A")
    page.get_by_test_id("broker-2-crash").click()
    expect(code(stage)).to_have_text("docker kill broker-2")
    expect(panel).to_contain_text("a forma HTTP é a que funciona")
    page.get_by_test_id("form-kcat").click()
    expect(page.get_by_test_id("code-none")).to_contain_text("Isto não se faz com um cliente")
    what = page.get_by_test_id("code-what")
    what.select_option(label=what.locator("option", has_text="Consumir FIAP no grupo A").first.inner_text())
    expect(code(stage)).to_contain_text("-G A")
    what.select_option(label="Criar o tópico pedidos-novos: 3 partições, 3 réplicas")
    page.get_by_test_id("form-python").click()
    expect(code(stage)).to_contain_text("NewTopic('pedidos-novos', num_partitions=3, replication_factor=3)")
    expect(page.get_by_test_id("code-run")).to_have_text("pip install confluent-kafka && python3 create_topic.py")


@pytest.mark.full
def test_code_can_be_copied_and_speaks_the_readers_language(stage):
    page = stage.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tool(stage, "code")
    page.get_by_test_id("form-python").click()
    expect(code(stage)).to_contain_text("# chamada quando o broker responde")
    page.get_by_test_id("code-copy").click()
    expect(page.get_by_text("Copiado.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == code(stage).inner_text()
    page.get_by_test_id("language-en").click()
    expect(code(stage)).to_contain_text("# called when the broker answers")
    expect(page.get_by_test_id("code-page")).to_contain_text("As code")


def test_a_client_is_recognised_the_moment_it_connects_and_its_doings_are_told(stage, kcat):
    page = stage.page
    panel = tool(stage, "connect")
    expect(page.get_by_test_id("connect-address")).to_have_text(re.compile(r"127\.0\.0\.1:\d+"))
    page.get_by_test_id("form-kcat").click()
    page.get_by_test_id("purpose-consume").click()
    status = page.get_by_test_id("connect-status")
    expect(status).to_contain_text(re.compile(r"Esperando por kcat-\w{4}\. Rode o código"))
    expect(status).to_have_attribute("data-connected", "false")
    process = subprocess.Popen(
        ["bash", "-c", f"exec {code(stage).inner_text()}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        expect(status).to_contain_text("Um cliente conectou: kcat, librdkafka 2.")
        expect(status).to_have_attribute("data-connected", "true")
        expect(status).to_contain_text(re.compile(r"pelo broker \d, de 127\.0\.0\.1:\d+, aos \d\d:\d\d"))
        expect(status).to_contain_text("está no grupo turma: lê FIAP-0, FIAP-1 e FIAP-2")
        expect(status).to_contain_text(re.compile(r"último heartbeat há .*; a sessão dura 45 s"))
        client = next(c for c in stage.snapshot["clients"] if c["client"].startswith("kcat-"))
        assert (client["software"], client["member_of"]) == ("librdkafka", "turma")
        expect(panel).not_to_contain_text("Quem já conectou")

        # somebody else's program is told of too, and a producer's records are counted
        other = clients.producer(page_kafka(stage), **{"client.id": "loja-real"})
        other.produce("FIAP", "x", key="k")
        assert other.flush(clients.PATIENCE_S) == 0
        visitor = page.get_by_test_id("visitor-loja-real")
        expect(visitor).to_contain_text("Um cliente conectou: confluent-kafka (Python)")
        expect(visitor).to_contain_text("gravou 1 registro em FIAP")
        process.send_signal(signal.SIGINT)
        process.wait(30)
        expect(status).to_contain_text("desconectou aos")
        expect(status).to_have_attribute("data-connected", "false")
        del other
    finally:
        process.kill()
        process.communicate()


def page_kafka(stage):
    return [f"{b['host']}:{b['port']}" for b in stage.snapshot["brokers"]]


def test_the_doctor_names_each_mistake_and_gives_the_text_back_repaired(stage, kcat):
    page = stage.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    tool(stage, "doctor")
    expect(page.get_by_test_id("doctor-page")).to_contain_text("nada sai desta página")
    expect(page.get_by_test_id("doctor-paste")).to_be_visible()
    asked.clear()
    page.get_by_test_id("doctor-paste").fill("$ echo “olá” | kcat –b localhost:9092 —P –t fiap")
    verdict = page.get_by_test_id("doctor-verdict")
    expect(verdict).to_have_text("4 coisas impedem de funcionar, e há mais 1 a saber")
    for rule in ("long-dash", "curly-quotes", "prompt", "wrong-port", "unknown-topic-here"):
        expect(page.get_by_test_id(f"finding-{rule}")).to_be_visible()
    expect(page.get_by_test_id("doctor-marked").locator("mark")).to_have_count(8)
    kafka = page.get_by_test_id("kafka").inner_text()
    repaired = page.get_by_test_id("doctor-repaired")
    expect(repaired).to_have_text(f'echo "olá" | kcat -b {kafka} -P -t FIAP')
    assert [url for url in asked if "/api/" in url or "/ws/" in url] == [], "nothing leaves the page"

    before = ends(stage)
    shell(repaired.inner_text())
    stage.wait("(before) => riacho.snapshot.topics[0].partitions.reduce((sum, p) => sum + p.hw, 0) > before", before)
    page.get_by_test_id("doctor-again").click()
    expect(verdict).to_have_text("Não vejo nada errado nisto.")
    page.get_by_test_id("doctor-clear").click()
    expect(page.get_by_test_id("doctor-verdict")).to_have_count(0)


@pytest.mark.full
def test_the_doctor_knows_how_this_sandbox_is_just_now(stage, playground_server):
    page = stage.page
    tool(stage, "doctor")
    page.get_by_test_id("doctor-paste").fill("{FIAP=LEADER_NOT_AVAILABLE}")
    here = page.get_by_test_id("here-leader-not-available")
    expect(here).to_contain_text("todas as partições têm líder")
    for broker in (1, 2, 3):
        playground_server.do("crash_broker", broker=broker)
    expect(here).to_contain_text("sem líder: FIAP-0, FIAP-1 e FIAP-2.")
    page.get_by_test_id("doctor-paste").fill("Bom dia!")
    expect(page.get_by_test_id("doctor-verdict")).to_have_text("Não reconheço isto.")
    expect(page.locator(".symptom")).to_have_count(0)


@pytest.mark.full
def test_pasted_text_is_never_markup(stage):
    tool(stage, "doctor")
    stage.page.get_by_test_id("doctor-paste").fill("kcat –b localhost:9092 -t <img/src=x/onerror=alert(1)> -L")
    expect(stage.page.get_by_test_id("doctor-marked")).to_contain_text("<img/src=x/onerror=alert(1)>")
    assert stage.page.locator("#drawer img").count() == 0


@pytest.mark.full
def test_the_tools_work_without_motion_and_by_keyboard_alone(stage):
    page = stage.page
    page.emulate_media(reduced_motion="reduce")
    page.get_by_test_id("tools-open").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("tool-levels")).to_be_focused()
    for _ in ("lecture", "author", "streams", "console", "shell", "connect", "doctor"):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("tool-doctor")).to_be_focused()
    page.keyboard.press("Enter")
    field = page.get_by_test_id("doctor-paste")
    field.focus()
    page.keyboard.insert_text(json.dumps({"a": 1})[:-1] + ",}")
    expect(page.get_by_test_id("finding-json-trailing-comma")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
