"""What is really painted, compared with what the state says should be.

The eight key colours are written out here, not read from the page's own style.
"""

from __future__ import annotations

from typing import Any

from tests.browser.stage_page import Stage

CARD = {"light": "#fffdf8", "dark": "#16232a"}
KEYS = {
    "light": "#1B47CC #C38070 #004B26 #6B0357 #3F9D9F #806D05 #A673FE #646566",
    "dark": "#5C6DAF #CF8B70 #A1FFA1 #B24967 #46A2A3 #807301 #E2A9FF #E8E8E8",
}
# One reading of the whole canvas for all samples, in the same task as the state it was drawn from.
SAMPLE = """() => {
  const cells = document.getElementById('cells');
  const box = cells.getBoundingClientRect();
  const ratio = cells.width / box.width;
  const copy = new OffscreenCanvas(cells.width, cells.height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(cells, 0, 0);
  const {data, width} = copy.getImageData(0, 0, cells.width, cells.height);
  const color = (x, y) => {
    const at = 4 * (Math.round((y - box.top) * ratio - 0.5) * width + Math.round((x - box.left) * ratio - 0.5));
    return '#' + [0, 1, 2].map((i) => data[at + i].toString(16).padStart(2, '0')).join('');
  };
  const samples = [];
  for (const topic of riacho.snapshot.topics) {
    for (const p of topic.partitions) {
      for (const r of p.replicas) {
        for (let offset = p.tail.first; offset < p.tail.first + p.tail.keys.length; offset++) {
          const cell = riacho.cellAt(topic.name, p.id, r.broker, offset);
          if (!cell || cell.y < box.top || cell.y + cell.h > box.bottom) continue;
          // a low one that is not committed is an outline around nothing: look into its middle
          const low = cell.h <= 14, down = low && offset >= p.hw ? cell.h / 2 : Math.max(1.5, cell.h * 0.13);
          samples.push({
            topic: topic.name, partition: p.id, broker: r.broker, offset, leader: p.leader, hw: p.hw,
            start: r.start, end: r.end, healthy: r.alive && r.in_sync, key: p.tail.keys[offset - p.tail.first],
            color: color(cell.x + cell.w / 2, cell.y + down), tall: !low,
          });
        }
      }
    }
  }
  return samples;
}"""


def samples(stage: Stage) -> list[dict[str, Any]]:
    """A point of each record that is in view, on each replica that could have it."""
    found: list[dict[str, Any]] = stage.page.evaluate(SAMPLE)
    return found


def expected(sample: dict[str, Any], theme: str) -> str | None:
    """Its colour, for those whose colour is plain: with a key, not hatched, not a thin outline."""
    if sample["key"] not in "01234567":
        return None
    if not sample["start"] <= sample["offset"] < sample["end"]:
        return CARD[theme]  # this replica has not got it
    key = KEYS[theme].split()[int(sample["key"])].lower()
    committed = sample["offset"] < sample["hw"]
    if sample["broker"] == sample["leader"]:
        if not sample["healthy"]:
            return None  # it has just died, nobody has taken its place: hatched
        return key if committed else CARD[theme]
    return mixed(key, CARD[theme], 0.62) if committed and sample["healthy"] else None


def disagreements(found: list[dict[str, Any]], theme: str = "light") -> list[tuple[dict[str, Any], str]]:
    """Samples of another colour than they should have, and which."""
    pairs = [(sample, expected(sample, theme)) for sample in found]
    return [(sample, right) for sample, right in pairs if right is not None and not close(sample["color"], right)]


def mixed(one: str, other: str, part: float) -> str:
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a * part + b * (1 - part)):02x}" for a, b in pairs)


def close(one: str, other: str) -> bool:
    return all(abs(a - b) <= 3 for a, b in zip(channels(one), channels(other), strict=True))


def channels(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]
