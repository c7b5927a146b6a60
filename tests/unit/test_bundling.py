"""The stage's modules in one file: nothing is missing, nothing leads outside, and what is exchanged is exchanged."""

from __future__ import annotations

import re

from playground import bundling
from playground.recording import INSTEAD


def test_every_module_that_the_stage_may_ask_for_is_in_a_recording() -> None:
    found = bundling.modules("main.js", INSTEAD)
    wanted = set()
    for name, source in found.items():
        for line in source.splitlines():
            if not bundling.COMMENT.match(line):
                wanted |= set(re.findall(rf"""['"]({bundling.PREFIX}[^'"]+\.js)['"]""", line))
                assert not re.search(r"""(from|import)\s*\(?\s*['"]\.""", line), f"{name}: {line}"
    assert wanted - set(found) == set()


def test_what_speaks_to_a_server_is_exchanged_for_what_speaks_to_a_film() -> None:
    found = bundling.modules("main.js", INSTEAD)
    assert all("new WebSocket" not in source for source in found.values())
    for name, other in INSTEAD.items():
        assert (bundling.STATIC / "js" / other).exists()
        assert "reel" in found[bundling.PREFIX + name] or name == "tools.js"


def test_imports_in_comments_are_left_alone_and_two_in_a_line_are_both_found() -> None:
    needs: list[str] = []
    later: set[str] = set()
    source = " * import('./comment.js')\nimport a from './a.js'; import { b } from '../b.js';\n"
    source += "const c = () => import('./c.js');\n"
    written = bundling._renamed(source, "views", needs, later)
    assert sorted(needs) == ["b.js", "views/a.js", "views/c.js"] and later == {"views/c.js"}
    assert "'./comment.js'" in written and "'riacho/b.js'" in written and "import('riacho/views/c.js')" in written


def test_styles_bring_their_fonts_along() -> None:
    sheet = bundling.styles(["css/tokens.css"])
    assert "url(data:font/woff2;base64," in sheet and "url(../" not in sheet
