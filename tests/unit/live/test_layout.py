"""The listing says what the code says: nobody changes what checkpoints look like without noticing."""

import json

from engine.live import layout as layouts
from engine.live.layout import LISTING, WRITTEN, Layout, checksum, classes, differences, forgotten, layout, listed
from engine.world.performing import Record
from engine.world.world import World

COMMAND = "Run `python -m engine.live.layout --write`, and say in layout.json what becomes of older files."


def listing():
    return json.loads(LISTING.read_text())


def test_the_listing_is_what_the_code_says():
    before = listing()
    assert differences(before, listed(before)) == [], COMMAND
    assert before["classes"] == listed(before)["classes"], COMMAND


def test_the_listing_was_not_changed_under_the_same_version():
    now = listing()
    assert now["made"][str(now["version"])] == checksum(now), COMMAND


def test_whatever_a_class_says_is_no_state_has_a_value_to_begin_with():
    assert {layouts.name_of(of): forgotten(of) for of in classes() if forgotten(of)} == {}, "see FRESH in layout.py"


def test_what_begins_anew_is_something_the_class_has():
    known = {layouts.name_of(kind) for of in classes() for kind in of.__mro__}
    assert [name for name in (*layouts.FRESH, *WRITTEN) if name not in known] == []
    performer = layout().named("world.world.World")
    assert performer.of is World and "told" in performer.fields
    assert "outbox" not in performer.fields and "observer" not in performer.fields
    assert performer.fresh["observer"]() is None and type(performer.fresh["traffic"]()) is Record


def test_every_class_of_the_listing_is_found_by_its_name():
    found = layout()
    for name in listing()["classes"]:
        kind = found.named(name)
        assert kind is not None and found.kind(kind.of) is kind
    assert found.kind(int) is None and found.named("os.system") is None


def test_a_listing_says_what_became_of_fields():
    entry = {"at": "engine.world.node:Node", "fields": ["name", "number"], "added": {"number": [1]}, "gone": ["x"]}
    kind = Layout({"version": 3, "classes": {"world.node.Node": entry}}).named("world.node.Node")
    assert kind.fields == ("name", "number") and kind.gone == {"x"}
    assert kind.defaults["number"]() == [1]
    assert kind.defaults["number"]() is not kind.defaults["number"]()


def test_a_class_that_moves_keeps_its_name_in_files():
    before = {"version": 1, "classes": {"old.place.Node": {"at": "engine.world.node:Node", "fields": []}}}
    assert "old.place.Node" in listed(before)["classes"]


def test_each_difference_is_a_sentence():
    def of(**fields):
        return {"classes": {name: {"at": "", "fields": names} for name, names in fields.items()}}

    assert differences(of(a=["x", "y"], b=[]), of(a=["x", "z"], c=[])) == [
        "c is new.", "b is gone.", "a has a new field 'z'.", "a has no field 'y' any more.",
    ]  # fmt: skip
    assert differences(of(a=["x", "y"]), of(a=["y", "x"])) == ["a has its fields in another order."]
