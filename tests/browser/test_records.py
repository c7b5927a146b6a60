"""A record, from the form in the drawer to a real consumer, and from a real producer to the drawer."""

import json
import re
import zlib

from kafka.partitioner.default import murmur2
from playwright.sync_api import expect

from tests.browser import canvas, clients

TOPIC = "FIAP"


def java(key):
    return (murmur2(key) & 0x7FFFFFFF) % 3


def crc32(key):
    return zlib.crc32(key) % 3


def key_where(condition):
    return next(key for key in (b"cliente-%d" % n for n in range(1000)) if condition(key))


def test_a_composed_record_is_shown_whole_and_read_intact(stage, playground_server):
    page = stage.page
    key, value = "cliente-ç4", '{"cliente": 4,  "produto": "café ☕", "valor": 18.90}'
    stage.click("Escrever um registro em FIAP")
    page.get_by_label("Chave", exact=True).fill(key)
    page.get_by_label("Valor", exact=True).fill(value)
    expect(stage.drawer).to_contain_text("JSON válido")
    page.get_by_label("Cabeçalhos").fill("origem=app\nação=compra=já")
    stage.click("Produzir", stage.drawer)
    link = page.get_by_role("button", name=re.compile(r"^FIAP-\d @ \d+$"))
    link.click()

    partition = java(key.encode())
    title = page.get_by_test_id("record-title")
    expect(title).to_contain_text(f"FIAP-{partition} @ ")
    offset = int(title.inner_text().split("@")[1])
    detail = page.get_by_test_id("record-detail")
    expect(page.get_by_test_id("record-key")).to_have_text(key)
    expect(page.get_by_test_id("record-headers")).to_have_text("origem=appação=compra=já")
    assert json.loads(page.get_by_test_id("record-value").inner_text()) == json.loads(value)
    expect(page.get_by_test_id("record-why")).to_contain_text("murmur2")
    expect(page.get_by_test_id("record-batch")).to_contain_text(f"offset {offset}: 1 registro")
    expect(detail).to_contain_text(re.compile(r"\d\d:\d\d:\d\d,\d\d\d"))
    expect(page.get_by_test_id("record-committed")).to_have_attribute("data-committed", "true")
    for broker in (1, 2, 3):
        expect(page.get_by_test_id(f"record-on-{broker}")).to_have_attribute("data-has", "true")
    readers = page.get_by_test_id("record-readers")
    expect(readers).to_contain_text("A-1, do grupo A: já recebeu")
    expect(readers).to_contain_text(re.compile("B-1, do grupo B: (ainda não|já recebeu)"))

    message = clients.read(playground_server.kafka, TOPIC, partition, offset)
    assert (message.key(), message.value()) == (key.encode(), value.encode())
    assert message.headers() == [("origem", b"app"), ("ação", "compra=já".encode())]


def test_a_click_on_a_record_says_which_rule_explains_its_partition(stage, playground_server):
    by_java = key_where(lambda key: java(key) != crc32(key))
    by_both = key_where(lambda key: java(key) == crc32(key))
    written = {}

    def told(error, message):
        assert error is None, error
        written[message.value().decode()] = message.partition(), message.offset()

    producer = clients.producer(playground_server.kafka, partitioner="murmur2_random")
    producer.produce(TOPIC, b"murmur2", by_java, on_delivery=told)
    producer.produce(TOPIC, b"both", by_both, on_delivery=told)
    other = next(p for p in range(3) if p not in (java(by_java), crc32(by_java)))
    producer.produce(TOPIC, b"neither", by_java, partition=other, on_delivery=told)
    producer.produce(TOPIC, b"bare", headers=[("origem", b"\x00\xff")], on_delivery=told)
    kcat_like = clients.producer(playground_server.kafka)  # librdkafka's own default
    kcat_like.produce(TOPIC, b"crc32", by_java, on_delivery=told)
    for each in (producer, kcat_like):
        assert each.flush(clients.PATIENCE_S) == 0

    why = {
        "murmur2": f"murmur2(chave) mod 3 = {java(by_java)}: a conta do cliente Java",
        "crc32": f"CRC32(chave) mod 3 = {crc32(by_java)}: a conta do kcat",
        "both": f"murmur2 e CRC32 dão as duas {java(by_both)}",
        "neither": f"quem produziu escolheu a partição {other} por outra regra",
        "bare": "Sem chave",
    }
    for name, (partition, offset) in written.items():
        stage.wait("([p, end]) => riacho.snapshot.topics[0].partitions[p].hw > end", [partition, offset])
        stage.click_record(TOPIC, partition, offset)
        expect(stage.page.get_by_test_id("record-title")).to_contain_text(f"FIAP-{partition} @ {offset}")
        expect(stage.page.get_by_test_id("record-value")).to_have_text(name)
        expect(stage.page.get_by_test_id("record-why")).to_contain_text(why[name])
    assert len(written) == 5
    assert canvas.disagreements(canvas.samples(stage)) == []


def test_a_record_that_is_not_everywhere_yet_says_who_lacks_it(stage, playground_server):
    page = stage.page
    playground_server.do("crash_broker", broker=3)
    playground_server.wait_for(lambda s: all(3 not in p["isr"] for p in s["topics"][0]["partitions"]))
    before = playground_server.state()["topics"][0]["partitions"][0]["end"]
    playground_server.do("produce", topic=TOPIC, value="só em dois", partition=0)
    end = playground_server.wait_for(lambda s: (hw := s["topics"][0]["partitions"][0]["hw"]) > before and hw)
    stage.wait("(end) => riacho.snapshot.topics[0].partitions[0].hw >= end", end)
    stage.click_record(TOPIC, 0, end - 1)
    expect(page.get_by_test_id("record-on-3")).to_have_attribute("data-has", "false")
    expect(page.get_by_test_id("record-on-3")).to_contain_text("fora do ar")
    expect(page.get_by_test_id("record-on-1")).to_have_attribute("data-has", "true")
    expect(page.get_by_test_id("record-committed")).to_contain_text("todas as réplicas do ISR (2)")
    playground_server.do("start_broker", broker=3)
    expect(page.get_by_test_id("record-on-3")).to_have_attribute("data-has", "true")
