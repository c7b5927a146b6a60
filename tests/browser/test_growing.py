"""What administrators do, by forms: a topic grows, replicas move, offsets go back, programs restart."""

from playwright.sync_api import expect


def test_a_topic_grows_and_a_new_broker_gets_a_replica(stage, playground_server):
    stage.page.evaluate("() => { riacho.stage.select({ kind: 'topic', topic: 'FIAP' }); }")
    total = stage.drawer.get_by_test_id("grow-total")
    expect(total).to_have_value("4")
    stage.drawer.get_by_test_id("grow-topic-send").click()
    stage.wait("() => riacho.snapshot.topics.find((t) => t.name === 'FIAP').partitions.length === 4")
    expect(stage.sentence).to_contain_text("O tópico FIAP agora tem 4 partições")
    expect(stage.drawer.get_by_test_id("grow-total")).to_have_value("5")

    playground_server.do("add_broker")
    stage.wait("() => riacho.snapshot.brokers[3]?.state === 'running'")
    stage.page.evaluate("() => { riacho.stage.select({ kind: 'partition', topic: 'FIAP', partition: 0 }); }")
    brokers = stage.drawer.get_by_test_id("move-brokers")
    brokers.fill("quatro")
    stage.drawer.get_by_test_id("move-replicas-send").click()
    expect(stage.page.get_by_text("Números de brokers")).to_be_visible()
    brokers.fill("4, 2 3")
    stage.drawer.get_by_test_id("move-replicas-send").click()
    stage.wait("() => String(riacho.snapshot.topics[0].partitions[0].replicas.map((r) => r.broker)) === '4,2,3'")
    expect(stage.drawer.get_by_test_id("partition-leader")).to_contain_text("4")
    expect(stage.drawer.get_by_test_id("move-brokers")).to_have_value("4, 2, 3")


def test_a_group_with_habits_of_its_own_and_its_offsets_taken_back(stage, playground_server):
    stage.page.evaluate("() => { riacho.stage.select({ kind: 'new-group' }); }")
    stage.drawer.get_by_test_id("group-name").fill("lentos")
    stage.drawer.get_by_test_id("group-assignor").select_option("cooperative-sticky")
    stage.drawer.get_by_test_id("group-habits").locator("summary").click()
    stage.drawer.get_by_test_id("group-work").fill("20")
    stage.drawer.get_by_test_id("group-patience").fill("9000")
    stage.drawer.get_by_test_id("group-commit").select_option("after")
    stage.drawer.get_by_test_id("new-group-send").click()
    group = "riacho.snapshot.groups.find((g) => g.id === 'lentos')"
    stage.wait(f"() => Object.values({group}?.committed?.FIAP ?? {{}}).some((offset) => offset > 0)")
    assert stage.page.evaluate(f"() => [{group}.protocol, {group}.members[0].work_ms, {group}.members[0].commit]") == [
        "cooperative-sticky", 20, "after",
    ]  # fmt: skip
    expect(stage.drawer.get_by_test_id("reset-busy")).to_be_visible()
    stage.page.evaluate("() => { riacho.stage.select({ kind: 'member', group: 'lentos', id: 'lentos-1' }); }")
    expect(stage.drawer.get_by_test_id("member-work")).to_contain_text("20 ms")
    stage.page.evaluate("() => { riacho.stage.select({ kind: 'group', id: 'lentos' }); }")
    playground_server.do("remove_group", group="lentos")
    stage.wait(f"() => {group}.members.length === 0")
    stage.drawer.get_by_test_id("reset-offsets-send").click()
    stage.wait(f"() => Object.values({group}.committed.FIAP).every((offset) => offset === 0)")
    expect(stage.sentence).to_contain_text("Os offsets do grupo lentos em FIAP foram mudados")


def test_a_producer_with_another_hash_is_restarted(stage):
    stage.page.evaluate("() => { riacho.stage.select({ kind: 'new-producer' }); }")
    stage.drawer.get_by_label("Nome").fill("fora")
    stage.drawer.get_by_test_id("producer-partitioner").select_option("crc32")
    stage.drawer.get_by_test_id("new-producer-send").click()
    expect(stage.drawer.get_by_test_id("producer-partitioner")).to_contain_text("crc32")
    stage.drawer.get_by_test_id("producer-restart").click()
    expect(stage.sentence).to_contain_text("O produtor fora morreu e foi ligado de novo: novo producer id")
    stage.wait("() => riacho.snapshot.producers.find((p) => p.id === 'fora').acked > 2")
