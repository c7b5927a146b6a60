"""What people do on the stage goes out as commands; what the cluster refuses is shown with its reason."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.stage.conftest import Show

BUTTONS = {
    "broker-2-stop": {"do": "stop_broker", "broker": 2},
    "broker-2-crash": {"do": "crash_broker", "broker": 2},
    "add-broker": {"do": "add_broker"},
    "producer-loja-stop": {"do": "stop_producer", "producer": "loja"},
    "producer-loja-slower": {"do": "set_producer", "producer": "loja", "rate": 1},
    "producer-loja-faster": {"do": "set_producer", "producer": "loja", "rate": 4},
    "group-A-more": {"do": "add_consumer", "group": "A"},
    "group-A-less": {"do": "remove_consumer", "consumer": "a2"},
    "pause": {"do": "pause"},
    "step": {"do": "step"},
}


def test_each_button_sends_its_command(show: Show) -> None:
    shown = show("demo")
    for test_id, command in BUTTONS.items():
        shown.by(test_id).click()
        shown.sent(command)
    assert shown.commands() == list(BUTTONS.values())
    assert len({m["id"] for m in shown.server.received}) == len(BUTTONS), "each has an id of its own"


def test_a_member_is_stalled_slowed_crashed_and_shut_down_from_its_page(show: Show) -> None:
    shown = show("demo")
    shown.by("member-a1").click()
    shown.by("member-poll").select_option("5000")
    for button in ("member-stop", "member-crash", "member-remove"):
        shown.by(button).click()
    shown.sent({"do": "remove_consumer", "consumer": "a1"})
    assert shown.commands() == [
        {"do": "set_consumer", "consumer": "a1", "poll_ms": 5000},
        {"do": "stop_consumer", "consumer": "a1"},
        {"do": "crash_consumer", "consumer": "a1"},
        {"do": "remove_consumer", "consumer": "a1"},
    ]


def test_a_record_is_written_by_hand_and_found_again(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.by("compose-open").click()
    shown.by("compose-key").fill("cliente-4")
    shown.by("compose-headers").fill("origem=aula\nturma = 2SIA")
    shown.by("compose-send").click()
    expect(shown.by("compose-result")).to_contain_text("Gravado em")
    [command] = shown.commands()
    assert command == {
        "do": "produce",
        "topic": "FIAP",
        "key": "cliente-4",
        "value": '{"cliente": 4, "produto": "café", "valor": 18.9}',
        "headers": {"origem": "aula", "turma": "2SIA"},
        "partition": None,
    }
    shown.by("compose-open").last.click()


@pytest.mark.full
def test_without_a_key_none_is_sent_and_a_tombstone_has_no_value(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.by("compose-open").click()
    shown.page.get_by_label("sem valor").check()
    shown.by("compose-send").click()
    shown.sent({"do": "produce", "topic": "FIAP", "key": None, "value": None, "headers": {}, "partition": None})


@pytest.mark.full
@pytest.mark.parametrize(
    ("text", "hint"),
    [('{"a": 1}', "JSON válido"), ('{"a": 1', "Parece JSON, mas não é"), ("bom dia", "texto"), ("", "0 bytes")],
)
def test_the_composer_says_whether_the_value_is_json(show: Show, text: str, hint: str) -> None:
    shown = show("demo")
    shown.by("compose-open").click()
    shown.by("compose-value").fill(text)
    expect(shown.page.locator("#f-value-hint")).to_contain_text(hint)


def test_what_is_being_typed_survives_new_frames(show: Show) -> None:
    shown = show("demo", live=True)
    shown.by("compose-open").click()
    shown.by("compose-key").fill("cliente")
    before = shown.snapshot["frame"]
    while shown.snapshot["frame"] < before + 5:
        shown.page.wait_for_timeout(50)
    shown.page.keyboard.type("-9")
    expect(shown.by("compose-key")).to_have_value("cliente-9")
    expect(shown.by("compose-key")).to_be_focused()


@pytest.mark.full
def test_a_topic_is_created_and_deleted_after_asking_twice(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.by("new-topic-open").click()
    shown.by("topic-name").fill("pedidos")
    shown.by("topic-partitions").fill("2")
    shown.by("new-topic-send").click()
    expect(shown.by("tape-pedidos-1")).to_be_attached()
    shown.by("delete-topic").click()
    assert shown.commands()[-1]["do"] == "create_topic"
    shown.by("delete-topic").click()
    expect(shown.by("tape-pedidos-1")).to_have_count(0)
    assert shown.commands() == [
        {"do": "create_topic", "topic": "pedidos", "partitions": 2, "replication": 3, "min_insync_replicas": 1},
        {"do": "delete_topic", "topic": "pedidos"},
    ]


def test_a_group_and_a_producer_are_added_from_their_forms(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.by("new-group-open").click()
    shown.by("group-name").fill("relatorio")
    shown.by("new-group-send").click()
    expect(shown.by("group-relatorio")).to_be_visible()
    shown.by("new-producer-open").click()
    shown.by("producer-name").fill("sensor")
    shown.by("new-producer-send").click()
    expect(shown.by("producer-sensor")).to_be_visible()
    assert shown.commands() == [
        {
            "do": "add_group",
            "group": "relatorio",
            "topic": "FIAP",
            "consumers": 1,
            "assignor": "range",
            "poll_ms": 1000,
            "start_at": "earliest",
        },
        {
            "do": "add_producer",
            "topic": "FIAP",
            "producer": "sensor",
            "rate": 1,
            "acks": "all",
            "keys": "few",
            "idempotent": True,
        },
    ]


def test_a_refusal_is_shown_with_its_code_and_its_reason(show: Show) -> None:
    shown = show("demo", frozen=False)
    shown.by("new-topic-open").click()
    shown.by("topic-name").fill("FIAP")
    shown.by("new-topic-send").click()
    toast = shown.page.get_by_role("alert")
    expect(toast).to_contain_text("Já existe um tópico com esse nome")
    expect(toast).to_contain_text("TOPIC_ALREADY_EXISTS")
    expect(toast).to_contain_text("Topic 'FIAP' already exists.")
    expect(shown.by("topic-name")).to_have_value("FIAP")


@pytest.mark.full
@pytest.mark.parametrize("key", ["Space", "b", "."])
def test_the_presenters_keys_pause(show: Show, key: str) -> None:
    shown = show("demo")
    shown.page.keyboard.press(key)
    shown.sent({"do": "pause"})


def test_the_right_arrow_steps(show: Show) -> None:
    shown = show("demo")
    shown.page.keyboard.press("ArrowRight")
    shown.sent({"do": "step"})


def test_single_keys_can_be_switched_off_and_never_take_a_key_from_a_field(show: Show) -> None:
    shown = show("demo")
    shown.by("compose-open").click()
    shown.by("compose-key").fill("")
    shown.page.keyboard.type("b.n")
    expect(shown.by("compose-key")).to_have_value("b.n")
    shown.page.keyboard.press("Escape")
    shown.by("help").click()
    shown.page.get_by_label("teclas de uma letra só").uncheck()
    shown.page.get_by_role("button", name="Fechar", exact=True).click()
    shown.page.locator("body").press("b")
    shown.page.wait_for_timeout(200)
    assert shown.commands() == []


@pytest.mark.full
def test_the_speed_slider_is_logarithmic(show: Show) -> None:
    shown = show("demo")
    shown.by("speed").focus()
    shown.page.keyboard.press("ArrowLeft")
    shown.sent({"do": "speed", "speed": 0.5})


def test_speed_is_held_within_what_real_clients_stand_and_names_them(show: Show) -> None:
    shown = show("idle")
    expect(shown.by("speed-why")).to_have_text("De 0,25× a 1,5×, por causa de rdkafka")
    shown.by("speed").focus()
    shown.page.keyboard.press("End")
    shown.sent({"do": "speed", "speed": 1.5})
