"""``patch`` (static/js/dom.js): the children that are wanted, in their order, and nobody moved who may stay."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

# Patches one parent again and again. A wanted child is "-text" (a text), "=tag" (one without a key), or a key: an input
# of that name. The focus goes to a key before a patch. What it tells of each patch: who is there, whether who stayed is
# the same element with what was typed into it, who has the focus, and who was moved.
PLAY = """async (rounds) => {
  const { h, patch } = await import('/static/js/dom.js');
  const parent = document.body.appendChild(document.createElement('section'));
  const made = new Map();
  const described = (name) => {
    if (name[0] === '-') return name;
    return name[0] === '=' ? h(name.slice(1), { 'data-name': name }) : h('input', { key: name, 'data-name': name });
  };
  const names = () => [...parent.childNodes].map((node) => node.dataset?.name ?? node.data);
  const watch = new MutationObserver(() => {});
  watch.observe(parent, { childList: true });
  const told = [];
  for (const { wanted, focus } of rounds) {
    if (focus) made.get(focus).focus();
    const before = new Set(parent.childNodes);
    watch.takeRecords();
    patch(parent, wanted.map(described));
    const added = watch.takeRecords().flatMap((record) => [...record.addedNodes]);
    const moved = added.filter((node) => before.has(node)).map((node) => node.dataset?.name ?? node.data);
    let same = true;
    for (const node of parent.querySelectorAll('input')) {
      const { name } = node.dataset;
      if (made.get(name)?.isConnected) same &&= made.get(name) === node && node.value === `typed ${name}`;
      made.set(name, node);
      node.value = `typed ${name}`;
    }
    const held = document.activeElement;
    told.push({ names: names(), same, moved, focus: parent.contains(held) ? held.dataset.name : '' });
  }
  parent.remove();
  return told;
}"""


def play(page: Page, *rounds: tuple[list[str], str]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = page.evaluate(PLAY, [{"wanted": wanted, "focus": focus} for wanted, focus in rounds])
    for (wanted, _), one in zip(rounds, told, strict=True):
        assert one["names"] == wanted and one["same"]
    return told


def longest_rise(numbers: list[int], through: int | None = None) -> int:
    """How many at most are in order already; through: a number that must be among them."""
    if through is not None:
        at = numbers.index(through)
        before, after = numbers[:at], numbers[at + 1 :]
        return longest_rise([n for n in before if n < through]) + 1 + longest_rise([n for n in after if n > through])
    best: list[int] = []
    for i, number in enumerate(numbers):
        best.append(1 + max((best[j] for j in range(i) if numbers[j] < number), default=0))
    return max(best, default=0)


def test_who_stands_behind_one_that_vanishes_is_not_moved_and_keeps_the_focus(blank: Page) -> None:
    _, one, other = play(blank, (list("abcd"), ""), (list("bcd"), "d"), (list("bd"), ""))
    assert (one["moved"], one["focus"]) == ([], "d")
    assert (other["moved"], other["focus"]) == ([], "d")


def test_when_the_order_changes_as_few_as_possible_are_moved_and_never_the_one_in_focus(blank: Page) -> None:
    _, back, swapped = play(blank, (list("abcde"), ""), (list("eabcd"), ""), (list("aebcd"), "a"))
    assert back["moved"] == ["e"]
    assert (swapped["moved"], swapped["focus"]) == (["e"], "a")
    _, held = play(blank, (list("abcde"), ""), (list("eabcd"), "e"))
    assert (sorted(held["moved"]), held["focus"]) == (list("abcd"), "e"), "four moves, and the reader goes on typing"


def test_who_has_no_key_goes_on_at_its_place_among_those_who_have(blank: Page) -> None:
    told = play(
        blank,
        (["a", "-now", "=p", "b"], ""),
        (["b", "=p"], "b"),
        (["=p", "b", "-then"], ""),
        (["-then", "b"], ""),
        ([], ""),
    )
    assert [one["focus"] for one in told] == ["", "b", "b", "b", ""]
    assert all("b" not in one["moved"] for one in told)


def changing(seed: int) -> list[tuple[list[str], str]]:
    """Lists that change now a little and now altogether, and who has the focus meanwhile."""
    dice = random.Random(seed)
    keys = [f"k{number}" for number in range(12)]
    rounds: list[tuple[list[str], str]] = [(keys, "")]
    for _ in range(200):
        before = rounds[-1][0]
        wanted = [key for key in dice.sample(keys, len(keys)) if dice.random() < 0.8]
        if dice.random() < 0.5:  # mostly as it was, as pictures are
            wanted = [key for key in before if dice.random() < 0.8]
            for key in sorted({*keys} - {*before}):
                wanted.insert(dice.randint(0, len(wanted)), key)
        stay = [key for key in before if key in wanted]
        rounds.append((wanted, dice.choice(stay) if stay else ""))
    return rounds


def test_whatever_is_wanted_is_there_and_no_more_is_moved_than_must_be(blank: Page) -> None:
    for seed in range(3):
        rounds = changing(seed)
        for ((before, _), (wanted, focus)), one in zip(pairwise(rounds), play(blank, *rounds)[1:], strict=True):
            stay = [before.index(key) for key in wanted if key in before]
            fewest = len(stay) - longest_rise(stay, before.index(focus) if focus else None)
            assert len(one["moved"]) == fewest, (before, wanted, focus, one["moved"])
            assert one["focus"] == focus


def test_a_list_of_choices_begins_with_its_first(blank: Page) -> None:
    values = blank.evaluate("""async () => {
      const { h, patch } = await import('/static/js/dom.js');
      const parent = document.body.appendChild(document.createElement('section'));
      const choices = (...names) => h('select', {}, names.map((name) => h('option', { key: name, value: name }, name)));
      patch(parent, choices('a', 'b', 'c'));
      const first = parent.firstChild.value;
      patch(parent, choices('z', 'a', 'b', 'c'));
      return [first, parent.firstChild.value];
    }""")
    assert values == ["a", "a"], "and one that comes before it later does not change what is chosen"
