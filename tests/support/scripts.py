"""The page's pure modules under node: what they answer, as JSON, without a browser.

``run(tmp, program, given)``: a program (an ES module that finds the page's scripts in ``./js`` and what is
given in ``given``) and the value of its last ``tell(...)``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
import { readFileSync } from 'node:fs';
const given = JSON.parse(readFileSync(new URL('./given.json', import.meta.url), 'utf8'));
const tell = (value) => process.stdout.write(JSON.stringify(value));
const catalogue = (name) => JSON.parse(readFileSync(new URL(`./i18n/${name}.json`, import.meta.url), 'utf8'));
"""


def run(node: str, folder: Path, program: str, given: Any = None) -> Any:
    """folder: an empty one, of the test's own. Imports in ``program`` come first in it."""
    shutil.copytree(ROOT / "static/js", folder / "js")
    shutil.copytree(ROOT / "static/i18n", folder / "i18n")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "given.json").write_text(json.dumps(given))
    (folder / "program.js").write_text(HEAD + program)
    done = subprocess.run([node, "program.js"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
