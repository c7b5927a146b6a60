"""What pictures there are of the stage (screenshots.py takes them), and what is done before each is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.stage_page import Stage

Act = Callable[[Stage, Any], None]


def group(state: dict[str, Any], name: str) -> dict[str, Any]:
    return next(g for g in state["groups"] if g["id"] == name)


def run(server: Any, ms: float) -> None:
    """Let virtual time pass."""
    until = server.state()["at_ms"] + ms
    server.wait_for(lambda s: s["at_ms"] >= until)


def nothing(stage: Stage, server: Any) -> None:
    pass


def crashed(stage: Stage, server: Any) -> None:
    """Broker 3 is down, its partition has a new leader, and records have been written since."""
    stage.button_matching("(Derrubar|Crash).* broker 3").click()
    server.wait_for(lambda s: all(p["leader"] in (1, 2) for p in s["topics"][0]["partitions"]))
    run(server, 6_000)


def four_consumers(stage: Stage, server: Any) -> None:
    for count in (2, 3, 4):
        server.do("add_consumer", group="A")
        server.wait_for(lambda s, n=count: (group(s, "A")["state"], group(s, "A")["generation"]) == ("Stable", n))


def record(stage: Stage, server: Any) -> None:
    """One written by hand, open in the drawer."""
    page = stage.page
    page.get_by_test_id("compose-open").click()
    page.get_by_test_id("compose-key").fill("cliente-4")
    page.get_by_test_id("compose-headers").fill("origem=app")
    page.get_by_test_id("compose-send").click()
    page.locator("[data-testid=compose-result] button").click()
    expect(page.get_by_test_id("record-detail")).to_be_visible()
    run(server, 1_500)


def paused(stage: Stage, server: Any) -> None:
    server.do("pause")


def compose(stage: Stage, server: Any) -> None:
    stage.page.get_by_test_id("compose-open").click()


def drawer_closed(stage: Stage, server: Any) -> None:
    stage.page.get_by_test_id("drawer-close").click()


def brokers(stage: Stage, server: Any) -> None:
    """What each machine holds, after one in the first rack has crashed."""
    stage.page.get_by_test_id("view-brokers").click()
    stage.page.get_by_test_id("broker-4-crash").click()
    server.wait_for(lambda s: all(p["leader"] not in (-1, 4) for p in s["topics"][0]["partitions"]))
    run(server, 3_000)
    stage.page.get_by_test_id("act-close").click()
    drawer_closed(stage, server)


def groups(stage: Stage, server: Any) -> None:
    """Four members and three partitions; the page of the group says who is idle."""
    four_consumers(stage, server)
    stage.page.get_by_test_id("view-groups").click()
    stage.page.get_by_test_id("group-A").locator("button.title").click()
    run(server, 4_000)


def requests(stage: Stage, server: Any) -> None:
    """A second of it, slow enough to see each one; the page of a Produce is open."""
    stage.page.get_by_test_id("view-requests").click()
    server.do("speed", speed=0.25)
    run(server, 1_500)
    server.do("pause")
    stage.wait("() => riacho.snapshot.pace.paused")
    stage.page.locator(".arrow[data-api=Produce][data-kind=request]").last.dispatch_event("click")
    expect(stage.page.get_by_test_id("request-page")).to_be_visible()


def why(stage: Stage, server: Any) -> None:
    """From an election back to the click that caused it."""
    crashed(stage, server)
    stage.page.get_by_test_id("say-why").click()
    expect(stage.page.get_by_test_id("why-chain")).to_be_visible()


def looking_back(stage: Stage, server: Any) -> None:
    """Broker 3 crashed and came back; the reader looks at the moment of the elections in between."""
    crashed(stage, server)
    server.do("start_broker", broker=3)
    run(server, 4_000)
    stage.button_matching("broker 3 (caiu|crashed)").first.click()
    stage.wait("() => document.documentElement.hasAttribute('data-past')")
    for _ in range(5):
        step = stage.snapshot["step"]
        stage.page.keyboard.press("ArrowRight")
        stage.wait("(step) => riacho.snapshot.step > step", step)


def branching(stage: Stage, server: Any) -> None:
    looking_back(stage, server)
    stage.page.keyboard.press("k")
    expect(stage.page.get_by_test_id("branch-name")).to_be_focused()


def branched(server: Any) -> None:
    """Two branches, one of the other, and a sandbox of another scenario."""
    server.ask("branch", step=server.state()["step"] - 300, name="e se acks=1?", owner="")
    server.ask("branch", sandbox="e-se-acks-1", step=None, name="com 5 brokers", owner="")
    server.ask("create", scenario="shop", name="Turma de terça", owner="")


def switching(stage: Stage, server: Any) -> None:
    branched(server)
    stage.page.get_by_test_id("switcher-open").click()
    expect(stage.page.get_by_test_id("switcher").get_by_text("com 5 brokers")).to_be_visible()


def sandboxes(stage: Stage, server: Any) -> None:
    branched(server)
    stage.page.goto(f"{server.url}/sandboxes/?{urlsplit(stage.page.url).query}")
    expect(stage.page.get_by_test_id("box")).to_have_count(4)


def files(stage: Stage, server: Any) -> None:
    """The segment of a record written by hand, its key lit."""
    server.do("pause")
    stage.page.goto(f"{server.url}/s/demo/files/?{urlsplit(stage.page.url).query}")
    expect(stage.page.get_by_test_id("hex")).to_be_visible()
    stage.page.locator('.item-batch [data-name="key"]').first.click()


def tool(stage: Stage, name: str) -> None:
    stage.page.get_by_test_id("tools-open").click()
    stage.page.get_by_test_id(f"tool-{name}").click()
    expect(stage.page.get_by_test_id(f"{name}-page")).to_be_visible()


def connecting(stage: Stage, server: Any) -> None:
    tool(stage, "connect")


def doctor(stage: Stage, server: Any) -> None:
    tool(stage, "doctor")
    stage.page.get_by_test_id("example-old").click()
    expect(stage.page.get_by_test_id("doctor-repaired")).to_be_visible()


def as_code(stage: Stage, server: Any) -> None:
    record(stage, server)
    tool(stage, "code")


def comparing(stage: Stage, server: Any) -> None:
    """acks=all beside acks=1, after a leader was cut off for ten seconds and came back."""
    server.do("set_producer", producer="loja", rate=10)
    changes = [{"do": "set_producer", "producer": "loja", "acks": "1"}]
    made = server.ask("compare", changes=changes, names=["acks=all", "acks=1"], owner="")
    ids = [made["a"]["id"], made["b"]["id"]]
    leader = server.ask("state", sandbox=ids[0])["topics"][0]["partitions"][0]["leader"]
    for command in (
        {"do": "advance", "ms": 3000}, {"do": "isolate_broker", "broker": leader}, {"do": "advance", "ms": 10_000},
        {"do": "heal_links"}, {"do": "advance", "ms": 8000},
    ):  # fmt: skip
        server.ask("both", sandboxes=ids, actor="pictures", command=command)
    page = stage.page
    page.goto(f"{server.url}/compare/{ids[0]}/{ids[1]}/?{urlsplit(page.url).query}")
    for side, one in zip("ab", ids, strict=True):
        lost = server.ask("lost", sandbox=one)["lost"]
        expect(page.get_by_test_id("tile-lost")).to_have_attribute(f"data-{side}", str(lost))


@dataclass
class Picture:
    name: str
    size: tuple[int, int]
    theme: str = "light"
    query: str = ""
    language: str = "pt-BR"
    act: Act = nothing
    docs: bool = False  # one of those kept in docs/
    scenario: str = "demo"


PICTURES = [
    Picture("stage-1440-light", (1440, 900), docs=True, act=record),
    Picture("stage-1440-dark", (1440, 900), "dark", docs=True, act=record),
    Picture("stage-1440-crashed", (1440, 900), docs=True, act=crashed),
    Picture("stage-390-light", (390, 844), docs=True),
    Picture("stage-390-dark", (390, 844), "dark"),
    Picture("stage-projector", (1920, 1080), query="&projector", docs=True, act=crashed),
    Picture("past-1440-light", (1440, 900), docs=True, act=looking_back),
    Picture("brokers-1440-light", (1440, 900), docs=True, act=brokers, scenario="racks"),
    Picture("groups-1440-dark", (1440, 900), "dark", language="en", docs=True, act=groups),
    Picture("requests-1440-light", (1440, 900), language="en", docs=True, act=requests),
    Picture("why-1440-light", (1440, 900), language="en", docs=True, act=why),
    Picture("files-1440-light", (1440, 900), act=files),
    Picture("sandboxes-1440-light", (1440, 900), act=sandboxes),
    Picture("code-1440-light", (1440, 900), act=as_code),
    Picture("connect-1440-dark", (1440, 900), "dark", act=connecting),
    Picture("connect-390", (390, 844), act=connecting),
    Picture("doctor-1440-light", (1440, 900), language="en", docs=True, act=doctor),
    Picture("doctor-projector", (1920, 1080), query="&projector", act=doctor),
    Picture("compare-1440-light", (1440, 900), docs=True, act=comparing),
    Picture("compare-1440-dark", (1440, 900), "dark", language="en", act=comparing),
    Picture("compare-390", (390, 844), act=comparing),
    Picture("compare-projector", (1920, 1080), query="&projector", act=comparing),
    Picture("past-1440-dark", (1440, 900), "dark", act=looking_back),
    Picture("past-1440-en", (1440, 900), language="en", act=looking_back),
    Picture("past-390", (390, 844), act=looking_back),
    Picture("past-projector", (1920, 1080), query="&projector", act=looking_back),
    Picture("branching-1440", (1440, 900), act=branching),
    Picture("switching-1440", (1440, 900), act=switching),
    Picture("files-1440-dark", (1440, 900), "dark", act=files),
    Picture("files-390", (390, 844), act=files),
    Picture("files-projector", (1920, 1080), query="&projector", act=files),
    Picture("sandboxes-1440-dark", (1440, 900), "dark", language="en", act=sandboxes),
    Picture("sandboxes-390", (390, 844), act=sandboxes),
    Picture("healthy-1440", (1440, 900)),
    Picture("healthy-1440-en", (1440, 900), language="en"),
    Picture("healthy-1440-dark", (1440, 900), "dark"),
    Picture("crashed-1440-dark", (1440, 900), "dark", act=crashed),
    Picture("crashed-1440-en", (1440, 900), language="en", act=crashed),
    Picture("four-1440", (1440, 900), act=four_consumers),
    Picture("paused-1440", (1440, 900), act=paused),
    Picture("compose-1440", (1440, 900), act=compose),
    Picture("closed-1440", (1440, 900), act=drawer_closed),
    Picture("healthy-1920", (1920, 1080)),
    Picture("healthy-1280", (1280, 720)),
    Picture("healthy-1024", (1024, 768)),
    Picture("projector-healthy", (1920, 1080), query="&projector"),
    Picture("projector-dark", (1920, 1080), "dark", query="&projector", act=four_consumers),
    Picture("projector-record", (1920, 1080), query="&projector", act=record),
    Picture("crashed-390", (390, 844), act=crashed),
    Picture("record-390", (390, 844), act=record),
]
