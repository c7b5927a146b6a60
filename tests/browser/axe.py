"""axe-core in a page: what it misses of WCAG 2.2 at level AA, one line each."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from house import tools

LEVEL_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A file in hexadecimal is one picture to whoever cannot see it: its thousands of bytes are not looked at one by one.
RUN = """
([scope, only]) => axe.run({ ...(scope ? { include: [[scope]] } : {}), exclude: [['.hex-row']] }, {
  runOnly: only, rules: only.type === 'tag' ? { 'target-size': { enabled: true } } : {}, resultTypes: ['violations'],
}).then(({ violations }) => violations.flatMap((broken) => broken.nodes.map((node) => ({
  rule: broken.id, where: node.target.join(' '), html: node.html.slice(0, 160),
  why: (node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? '',
}))))
"""


@cache
def script() -> str:
    return tools.ensure_axe().read_text(encoding="utf-8")


def violations(page: Page, scope: str | None = None, *, colours: bool = False) -> list[str]:
    """scope: a selector; None: the whole page. colours: only contrast, which is all that a theme can change."""
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate(script())
    only = {"type": "rule", "values": ["color-contrast"]} if colours else {"type": "tag", "values": LEVEL_AA}
    found: list[dict[str, Any]] = page.evaluate(RUN, [scope, only])
    return sorted({f"{one['rule']}: {one['where']} | {one['why']} | {one['html']}" for one in found})
