"""``python -m house.locales``: compile locale/*/LC_MESSAGES/django.po; the .mo files are committed.

So neither players nor tests need gettext's programs. A test fails when a .mo is older than its .po.
"""

from __future__ import annotations

from pathlib import Path

import polib

from house.venv import ROOT

CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))


def compiled(po: Path) -> bytes:
    """What the .mo beside ``po`` must contain."""
    binary: bytes = polib.pofile(str(po)).to_binary()
    return binary


if __name__ == "__main__":
    for po in CATALOGUES:
        po.with_suffix(".mo").write_bytes(compiled(po))
